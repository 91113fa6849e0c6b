// The table of the program's verbs, one function a verb.
#pragma once

#include <vector>

#include "server/cli/command_line.h"

namespace server::cli {

Verb serve_verb();             // serve: the server itself
Verb user_add_verb();          // user add
Verb user_remove_role_verb();  // user remove-role
Verb user_disable_verb();      // user disable
Verb token_create_verb();      // token create
Verb project_create_verb();    // project create
Verb rebuild_verb();           // rebuild: the index from git
Verb backup_verb();            // backup: a consistent copy of the data directory
Verb verify_verb();            // verify: recompute a release, or all of them
Verb verify_pulled_verb();     // verify, of the client: a release that was pulled
Verb scrub_verb();             // scrub: read all stored bytes and packs again
Verb gc_verb();                // gc: what nothing reaches in git
Verb pull_verb();              // pull: a release onto this machine
Verb export_verb();            // export: a release in a format to train with
Verb leakage_verb();           // leakage: what one part of a split tells another
Verb receipt_add_verb();       // receipt add: which model used which release
Verb receipt_list_verb();      // receipt list
Verb receipt_outdated_verb();  // receipt outdated: whose data has changed since
Verb ocr_verb();               // ocr: read files without a server
Verb merge_driver_verb();      // merge-driver: what git calls for annotation files
Verb clone_url_verb();         // clone-url: the git commands for a part of a project
Verb fmt_verb();               // fmt: canonical form of repository files
Verb doctor_verb();            // doctor: what this machine can do

// Those of both programs that a machine needs which trains: they know nothing of a server's inside.
std::vector<Verb> client_verbs();

// Parses the command line and runs one of them.
int run(int argc, char** argv);
// The same for the client's alone: the program glossator-client.
int run_client(int argc, char** argv);

}  // namespace server::cli
