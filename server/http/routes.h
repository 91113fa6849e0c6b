// Every route of the server, by feature: each function adds its part of the table. The routes say
// what they need and call a flow; they decide nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/flow/services.h"
#include "server/http/router.h"
#include "server/http/server.h"

namespace server::http {

inline constexpr char kProjectPath[] = "/api/v1/projects/{org}/{project}";
inline constexpr char kOrganisationPath[] = "/api/v1/organisations/{org}";

void add_account_routes(Router& router, Services& services);          // sessions, users, tokens
void add_project_routes(Router& router, Services& services);          // projects, policy, settings
void add_overview_routes(Router& router, Services& services);         // how a project stands
void add_schema_routes(Router& router, Services& services);           // schema, guidelines
void add_organisation_routes(Router& router, Services& services);     // making organisations
void add_member_routes(Router& router, Services& services);           // roles, invitations
void add_document_upload_routes(Router& router, Services& services);  // whole files
void add_document_list_routes(Router& router, Services& services);    // search
void add_document_routes(Router& router, Services& services);         // one document, its text
void add_reread_routes(Router& router, Services& services);           // documents read once more
void add_page_routes(Router& router, Services& services);             // image, words
void add_bulk_routes(Router& router, Services& services);             // many documents at once
void add_upload_routes(Router& router, Services& services);           // resumable uploads (tus)
void add_annotation_routes(Router& router, Services& services);       // annotations, review
void add_comment_routes(Router& router, Services& services);          // what people say about it
void add_draft_routes(Router& router, Services& services);            // a browser's unfinished work
void add_queue_routes(Router& router, Services& services);            // what to work on next
void add_reading_routes(Router& router, Services& services);          // blind readings
void add_presence_routes(Router& router, Services& services);         // who else is here
void add_split_routes(Router& router, Services& services);            // splits, leakage
void add_release_routes(Router& router, Services& services);          // releases, their differences
void add_export_routes(Router& router, Services& services);           // exports, shards
void add_import_routes(Router& router, Services& services);           // labels from other tools
void add_proposal_routes(Router& router, Services& services);         // changes that wait for a yes
void add_git_routes(Router& router, Services& services);              // smart HTTP
void add_dvc_routes(Router& router, Services& services);              // the DVC remote
void add_lfs_routes(Router& router, Services& services);              // Git LFS
void add_object_routes(Router& router, Services& services);           // many stored objects at once
void add_collect_routes(Router& router, Services& services);          // bytes that may go
void add_receipt_routes(Router& router, Services& services);          // which model used what
void add_event_routes(Router& router, Services& services);            // events, jobs
void add_health_routes(Router& router, Services& services);           // healthz, metrics, API

// All of them, in the order of the API document.
void add_all_routes(Router& router, Services& services);

// "json": a body that must be this JSON value. The schema is JSON Schema 2020-12.
RequestBody json_body(base::Json schema, base::Json example = {});
Response json_response(int status, std::string description, base::Json example = {});

// Numbers by name, as an object.
base::Json counts_json(const std::map<std::string, uint64_t>& counts);

Parameter integer_parameter(std::string name, std::string description, int64_t least, int64_t most);
Parameter text_parameter(std::string name, std::string description);
// "wait": seconds to wait until the document is read.
Parameter wait_parameter();

// The one strong tag of an If-Match header, as a version in git. Code::invalid if it is none.
base::Result<vcs::ObjectId> version_in(std::string_view if_match);

// A path parameter as a document id; a malformed one is a missing document.
base::Result<corpus::DocumentId> document_of(const Context& context);
base::Result<std::shared_ptr<OpenProject>> project_of(Services& services, const Context& context);

// Runs a handler that returns Result<Reply>; an error becomes its problem.
template <typename Handler>
RouteHandler handled(Handler handler) {
  return [handler](Context& context) -> Reply {
    base::Result<Reply> reply = handler(context);
    return reply.ok() ? std::move(reply).value() : context.problem(reply.error());
  };
}

}  // namespace server::http
