// Brings documents that have been read into git: many in one commit while many come, at once when
// one comes alone. What is ready waits as long as others of its project are about to be, at most
// `patience`; so a bulk upload of thousands does not become thousands of commits.
//
//   Intake intake({.commit = [&](auto& project, auto documents) { return bring_in(...); },
//                  .others_wait = [&](storage::ProjectId project) { return ...; }});
//   {
//     const auto reading = intake.expect(project);     // others that are ready wait for this one
//     intake.add(std::move(document), [](const Result<void>& outcome) { finish_the_job(); });
//   }
//   intake.stop();                                     // what waits is committed first
//
// A document that waits is nowhere but in memory: its job is still held, so that after a crash it
// is read again. If a commit of many fails, each is tried alone, so that one cannot hold up the
// rest. Safe from any thread; `commit` and the ends run on the intake's own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "corpus/document.h"
#include "server/flow/services.h"

namespace server {

struct ReadDocument {
  std::shared_ptr<OpenProject> project;
  corpus::Document document;     // its sources are taken when the commit is made
  std::vector<vcs::Edit> files;  // of the repository, but for document.json
};

class Intake {
 public:
  using Ended = std::function<void(const Result<void>&)>;

  struct Options {
    // Documents of one project; durable when it returns ok.
    std::function<Result<void>(OpenProject&, std::span<ReadDocument>)> commit;
    // Whether documents of the project wait to be read.
    std::function<bool(storage::ProjectId)> others_wait;
    std::chrono::milliseconds patience{3000};
    size_t most_documents = 64;
    size_t most_bytes = size_t{32} << 20;  // of files, roughly what a batch holds in memory
  };

  // As long as it lives, a document of the project is being read.
  class Expectation {
   public:
    Expectation(Intake& intake, storage::ProjectId project) : intake_(intake), project_(project) {}
    Expectation(const Expectation&) = delete;
    Expectation& operator=(const Expectation&) = delete;
    ~Expectation() { intake_.expect_less(project_); }

   private:
    Intake& intake_;
    const storage::ProjectId project_;
  };

  explicit Intake(Options options);
  ~Intake();

  [[nodiscard]] std::unique_ptr<Expectation> expect(storage::ProjectId project);
  void add(ReadDocument document, Ended ended);
  void stop();

 private:
  void expect_less(storage::ProjectId project);
  struct State;
  std::unique_ptr<State> state_;
};

// Commits the documents to main and indexes them. Sources that came while the commit was made are
// committed after it.
Result<void> bring_in(Services& services, OpenProject& project, std::span<ReadDocument> documents);

// Brings document.json in git up to the sources that the database knows; nothing if the document
// is not in git yet.
Result<void> commit_sources(Services& services, OpenProject& project, const corpus::DocumentId& id);

Result<bool> is_in_git(const OpenProject& project, const corpus::DocumentId& id);

}  // namespace server
