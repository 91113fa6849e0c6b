#include "vcs/detail/commit_table.h"

#include <mutex>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

// About 100 bytes each; past this the table starts over.
constexpr size_t kMaxKnown = 2'000'000;

std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// "... <address> 1700000000 +0000"
int64_t time_in(std::string_view signature) {
  const size_t close = signature.rfind('>');
  if (close == std::string_view::npos) return 0;
  const std::string_view when = base::trim(signature.substr(close + 1));
  return base::parse_integer(when.substr(0, when.find(' '))).value_or(0);
}

// The headers up to the committer; what follows does not matter here.
Result<CommitLinks> parse_links(std::string_view text) {
  constexpr std::string_view kTree = "tree ", kParent = "parent ", kCommitter = "committer ";
  CommitLinks links;
  if (!text.starts_with(kTree)) return Error{Code::invalid, "a commit object is malformed"};
  links.tree = TRY(ObjectId::from_hex(take_line(text).substr(kTree.size())));
  while (text.starts_with(kParent)) {
    links.parents.push_back(TRY(ObjectId::from_hex(take_line(text).substr(kParent.size()))));
  }
  while (!text.empty() && text.front() != '\n') {
    const std::string_view line = take_line(text);
    if (!line.starts_with(kCommitter)) continue;
    links.time = time_in(line);
    break;
  }
  return links;
}

}  // namespace

Result<SharedLinks> CommitTable::find(const ObjectView& objects, const ObjectId& commit) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = known_.find(commit);
    if (found != known_.end()) return found->second;
  }
  const auto object = TRY(objects.read_shared(commit));
  if (object->kind != ObjectKind::commit) {
    return Error{Code::invalid, "object " + commit.hex() + " is no commit"};
  }
  CommitLinks parsed = TRY(parse_links(object->content));
  if (ends_.contains(commit)) parsed.parents.clear();
  auto links = std::make_shared<const CommitLinks>(std::move(parsed));
  const std::unique_lock lock(mutex_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.emplace(commit, links);
  return SharedLinks(std::move(links));
}

}  // namespace vcs
