// merge-driver, fmt: what runs on a laptop beside git.
#include <cstdio>

#include "base/file.h"
#include "corpus/comments.h"
#include "corpus/layout.h"
#include "corpus/merge.h"
#include "server/cli/verbs.h"

namespace server::cli {
namespace {

using base::Result;

struct MergeFiles {
  std::string base;
  std::string ours;
  std::string theirs;
  std::string path;
};

// Git gives the three versions as files and wants the result in the second.
Result<bool> merge(const MergeFiles& files) {
  const corpus::PathInfo info = corpus::classify(files.path);
  const std::string base = TRY(base::read_file(files.base));
  const std::string ours = TRY(base::read_file(files.ours));
  const std::string theirs = TRY(base::read_file(files.theirs));
  const corpus::FileMerge merged = TRY(corpus::merge_file(info.kind, base, ours, theirs));
  using Outcome = corpus::FileMerge::Outcome;
  if (merged.outcome == Outcome::unmergeable) {
    return base::Error{base::Code::conflict, files.path + " is taken whole: choose one side"};
  }
  const bool clean = merged.outcome == Outcome::merged;
  TRY(base::write_file_durably(files.ours, clean ? merged.text.value_or("") : merged.marked));
  for (const corpus::Conflict& conflict : merged.conflicts) {
    std::fprintf(stderr, "%s: %s%s%s was changed on both sides\n", files.path.c_str(),
                 conflict.id.c_str(), conflict.field.empty() ? "" : " ", conflict.field.c_str());
  }
  return clean;
}

// The canonical text, or the first problem with its place.
Result<std::string> canonical(const std::string& path, const std::string& text) {
  if (path.ends_with("schema.json")) return corpus::print_schema(TRY(corpus::parse_schema(text)));
  if (path.ends_with("comments.jsonl")) {
    return corpus::print_comments(TRY(corpus::read_comments(text)));
  }
  if (path.ends_with("annotations.jsonl")) {
    return corpus::print_annotations(TRY(corpus::read_annotations(text)));
  }
  return base::Error{base::Code::invalid, "not a file that people edit"};
}

Result<void> format(const std::string& path) {
  const std::string text = TRY(base::read_file(path));
  const auto formatted = canonical(path, text);
  if (!formatted.ok()) {
    base::Error error = formatted.error();
    error.what = path + ":" + base::to_string(error);
    error.at = {};
    return error;
  }
  return *formatted == text ? Result<void>() : base::write_file_durably(path, *formatted);
}

}  // namespace

Verb merge_driver_verb() {
  auto files = std::make_shared<MergeFiles>();
  return {"merge-driver",
          "merge one file for git: git config merge.glossator.driver 'glossator merge-driver %O "
          "%A %B %P'",
          [files](Options& options) {
            options.text("base", files->base, "%O").required();
            options.text("ours", files->ours, "%A; takes the result").required();
            options.text("theirs", files->theirs, "%B").required();
            options.text("path", files->path, "%P").required();
          },
          [files] {
            const auto clean = merge(*files);
            if (!clean.ok()) return fail(clean.error());
            return *clean ? kDone : kFailed;
          }};
}

Verb fmt_verb() {
  auto paths = std::make_shared<std::vector<std::string>>();
  return {
      "fmt", "bring annotation, comment and schema files into canonical form",
      [paths](Options& options) { options.texts("file", *paths, "files of a clone").required(); },
      [paths] {
        int status = kDone;
        for (const std::string& path : *paths) {
          const auto formatted = format(path);
          if (!formatted.ok()) status = fail(formatted.error());
        }
        return status;
      }};
}

}  // namespace server::cli
