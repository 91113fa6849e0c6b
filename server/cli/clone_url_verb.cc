// clone-url: how to clone only what one needs. Reads the data directory of a running server.
#include <cstdio>

#include "base/text.h"
#include "corpus/config.h"
#include "corpus/review.h"
#include "server/cli/verbs.h"
#include "server/flow/catalog.h"
#include "server/flow/clone_command.h"
#include "storage/user_store.h"
#include "vcs/repository.h"
#include "vcs/snapshot.h"

namespace server::cli {
namespace {

using base::Code;
using base::Error;
using base::Result;

struct CloneOptions {
  std::string data;
  std::string path;
  std::string url = "http://127.0.0.1:8080";
  std::vector<std::string> documents;
  std::vector<std::string> keys;
  std::string text;
  std::string label;
  std::string state;
  std::string review;
  std::string month;

  bool is_whole() const {
    return documents.empty() && keys.empty() && text.empty() && label.empty() && state.empty() &&
           review.empty() && month.empty();
  }
};

Result<storage::DocumentQuery> query_of(const CloneOptions& options, storage::ProjectId project) {
  storage::DocumentQuery query;
  query.project = project;
  query.text = options.text;
  query.label = options.label;
  query.review_state = options.review;
  if (!options.review.empty() && !corpus::parse_review_state(options.review)) {
    return Error{Code::invalid, "there is no such review state"};
  }
  if (!options.state.empty()) {
    query.state = storage::parse_document_state(options.state);
    if (!query.state) return Error{Code::invalid, "there is no such state"};
  }
  for (const std::string& key : options.keys) {
    const size_t equals = key.find('=');
    if (equals == std::string::npos) return Error{Code::invalid, "--key looks like claim=C-7"};
    query.keys.emplace_back(key.substr(0, equals), key.substr(equals + 1));
  }
  return query;
}

// Documents that are named are taken at their word; else the query finds them.
Result<std::vector<corpus::DocumentId>> chosen(const CloneOptions& options,
                                               storage::Database& database,
                                               storage::ProjectId project) {
  std::vector<corpus::DocumentId> ids;
  for (const std::string& text : options.documents) {
    ids.push_back(TRY(corpus::DocumentId::parse(text)));
  }
  if (!ids.empty()) return ids;
  return find_documents(database, TRY(query_of(options, project)), options.month);
}

Result<corpus::FanOut> fan_out_of(const base::Path& repository) {
  const auto opened = TRY(vcs::Repository::open(repository, vcs::Access::read_only));
  const auto tip = opened->refs().find(kMain);
  if (!tip) return Error{Code::not_found, "the project has no repository yet"};
  const auto snapshot = TRY(vcs::Snapshot::at_commit(*opened, *tip));
  return TRY(corpus::parse_config(TRY(snapshot.read(corpus::kConfigPath)))).fan_out;
}

Result<std::string> command_for(const CloneOptions& options) {
  const auto parts = base::split(options.path, '/');
  if (parts.size() != 2) return Error{Code::invalid, "name the project as organisation/project"};
  const base::Path data = options.data;
  const auto database = TRY(storage::open_sqlite(data / "glossator.db"));
  const auto project = TRY(database->read([&](storage::Transaction& tx) {
    return storage::UserStore(tx).find_project(parts[0], parts[1]);
  }));
  const auto fan_out = TRY(fan_out_of(data / "repos" / (project.path() + ".git")));
  std::vector<corpus::DocumentId> ids;
  if (!options.is_whole()) ids = TRY(chosen(options, *database, project.id));
  if (!options.is_whole() && ids.empty()) return Error{Code::not_found, "no document is like that"};
  return clone_command(options.url + "/" + project.path() + ".git", project.slug, fan_out, ids,
                       options.is_whole());
}

}  // namespace

Verb clone_url_verb() {
  auto o = std::make_shared<CloneOptions>();
  return {"clone-url", "print the git commands that clone a project, or some of its documents",
          [o](Options& options) {
            options.text("project", o->path, "organisation/project").required();
            options.text("--data", o->data, "the data directory").required();
            options.text("--url", o->url, "the server as its users reach it");
            options.texts("--document", o->documents, "this document; may be repeated");
            options.texts("--key", o->keys, "metadata such as claim=C-7; may be repeated");
            options.text("--query", o->text, "words of the page text");
            options.text("--label", o->label, "a label among its annotations");
            options.text("--state", o->state, "ready, partly_ready");
            options.text("--review", o->review, "new, in_progress, submitted, accepted, rejected");
            options.text("--month", o->month, "received in this month, like 2026-03");
          },
          [o] {
            const auto command = command_for(*o);
            if (!command.ok()) return fail(command.error());
            std::fputs(command->c_str(), stdout);
            return kDone;
          }};
}

}  // namespace server::cli
