// What may come into main, whoever brings it (and commit_judge.h, of each commit on the way): the
// difference between two states of the project is held against the rights of the pusher, the
// formats, the schema and the review's state machine. Every problem becomes one line for the
// pusher, with file, line, column and the nearest right spelling.
//
//   Complaints complaints;
//   TRY(judge_main(actor, project, before, after, objects, complaints));
//   if (!complaints.empty()) refuse(complaints.summary(), complaints.lines());
//
// Pure over what it is given; safe from many threads as far as the reader is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpus/diagnostic.h"
#include "corpus/layout.h"
#include "server/flow/actor.h"
#include "server/flow/catalog.h"
#include "vcs/receive_pack.h"
#include "vcs/snapshot.h"

namespace server {

// The problems of one push, as the pusher will read them: the first fifty in words, all in number.
class Complaints {
 public:
  void add(const std::string& line);
  void add(const corpus::Diagnostics& problems);
  // What the pusher can do about them: the last line.
  void hint(std::string line) { hint_ = std::move(line); }
  bool empty() const { return count_ == 0; }
  std::string summary() const;
  std::vector<std::string> lines() const;

 private:
  std::vector<std::string> lines_;
  size_t count_ = 0;
  std::string hint_;
};

// Judges the update of main from one state to the other. An error is one of reading. `writer` is
// the address of who wrote the comments in it, where that is not the actor.
Result<void> judge_main(const Actor& actor, const OpenProject& project, const vcs::Snapshot& before,
                        const vcs::Snapshot& after, const vcs::ObjectReader& objects,
                        Complaints& complaints, const std::string& writer = {});

// Why the actor may not bring a change of this path to the state `after`, as a line; nothing if
// they may. What is in the file is another question.
Result<std::optional<std::string>> objection_to(const Actor& actor, const OpenProject& project,
                                                const vcs::Snapshot& after, const std::string& path,
                                                const corpus::PathInfo& info);

// "commit 1a2b3c4d5e"
std::string name_of(const vcs::NewCommit& commit);

// Every commit carries an address of the pusher, unless the project takes those of others.
void judge_authors(const Actor& actor, std::span<const vcs::NewCommit> commits,
                   Complaints& complaints);

}  // namespace server
