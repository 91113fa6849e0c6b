#include "vcs/detail/visible_refs.h"

#include <algorithm>
#include <set>

#include "vcs/pkt_line.h"

namespace vcs {
namespace {

// Sorted, and without those that another one covers: a ref then begins with at most one of them.
void reduce(std::vector<std::string>& prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  std::vector<std::string> kept;
  for (std::string& prefix : prefixes) {
    if (kept.empty() || !prefix.starts_with(kept.back())) kept.push_back(std::move(prefix));
  }
  prefixes = std::move(kept);
}

// The only reduced prefix that can match is the last one that is not after the name.
bool matches(const std::vector<std::string>& reduced, std::string_view name) {
  if (reduced.empty()) return true;
  const auto after = std::upper_bound(reduced.begin(), reduced.end(), name);
  return after != reduced.begin() && name.starts_with(*(after - 1));
}

std::string head_line(const VisibleRefs& visible, const LsRefsRequest& request) {
  const Head& head = visible.head;
  if (head.target.empty() || !matches(request.prefixes, "HEAD")) return "";
  if (!head.id && !(request.unborn && request.symrefs)) return "";
  std::string line = (head.id ? head.id->hex() : "unborn") + " HEAD";
  if (request.symrefs) line += " symref-target:" + head.target;
  return line + '\n';
}

const Ref* find_ref(const VisibleRefs& visible, std::string_view name) {
  const auto found =
      std::lower_bound(visible.refs.begin(), visible.refs.end(), name,
                       [](const Ref& ref, std::string_view wanted) { return ref.name < wanted; });
  return found != visible.refs.end() && found->name == name ? &*found : nullptr;
}

base::Sha1 digest_of_tags(const std::vector<Ref>& refs) {
  base::Hasher<base::Sha1> hasher;
  for (const Ref& ref : refs) {
    if (!ref.peeled || !ref.name.starts_with("refs/tags/")) continue;
    hasher.update(base::as_text(ref.target.bytes));
    hasher.update(base::as_text(ref.peeled->bytes));
  }
  return hasher.finish();
}

}  // namespace

VisibleRefs VisibleRefs::of(const Refs& refs, const UploadPolicy& policy, ShownRefs shown) {
  VisibleRefs visible;
  visible.version = refs.version();
  visible.refs = refs.list();
  const std::set<std::string_view> exempt(shown.begin(), shown.end());
  std::erase_if(visible.refs, [&](const Ref& ref) {
    return is_hidden(policy, ref.name) && !exempt.contains(ref.name);
  });
  for (const Ref& ref : visible.refs) visible.tips.insert(ref.target);
  visible.tags = digest_of_tags(visible.refs);
  visible.head.target = refs.head().target;
  if (is_hidden(policy, visible.head.target)) visible.head.target.clear();
  // From the same list, so that HEAD and its branch never differ in one answer.
  for (const Ref& ref : visible.refs) {
    if (ref.name == visible.head.target) visible.head.id = ref.target;
  }
  return visible;
}

std::optional<ObjectId> VisibleRefs::find(std::string_view name) const {
  if (name == "HEAD") return head.id;
  const Ref* ref = find_ref(*this, name);
  return ref ? std::optional(ref->target) : std::nullopt;
}

std::optional<ObjectId> VisibleRefs::resolve(std::string_view name) const {
  for (const char* prefix : {"", "refs/", "refs/tags/", "refs/heads/"}) {
    const Ref* ref = find_ref(*this, prefix + std::string(name));
    if (ref) return ref->peeled.value_or(ref->target);
  }
  return std::nullopt;
}

std::string print_ls_refs(const VisibleRefs& visible, LsRefsRequest request) {
  reduce(request.prefixes);
  std::string out;
  const std::string head = head_line(visible, request);
  if (!head.empty()) append_pkt(out, head);
  for (const Ref& ref : visible.refs) {
    if (!matches(request.prefixes, ref.name)) continue;
    std::string line = ref.target.hex() + ' ' + ref.name;
    if (request.peel && ref.peeled) line += " peeled:" + ref.peeled->hex();
    append_pkt(out, line + '\n');
  }
  append_flush(out);
  return out;
}

std::shared_ptr<const std::string> LsRefsAnswers::find(const VisibleRefs& visible,
                                                       LsRefsRequest request) {
  constexpr size_t kMost = 8, kMostPrefixes = 64;
  if (request.prefixes.size() > kMostPrefixes) {
    return std::make_shared<const std::string>(print_ls_refs(visible, std::move(request)));
  }
  {
    const std::lock_guard lock(mutex_);
    for (const Answer& answer : answers_) {
      if (version_ == visible.version && answer.request == request) return answer.text;
    }
  }
  auto text = std::make_shared<const std::string>(print_ls_refs(visible, request));
  const std::lock_guard lock(mutex_);
  if (version_ != visible.version || answers_.size() == kMost) answers_.clear();
  version_ = visible.version;
  answers_.push_back({std::move(request), text});
  return text;
}

std::string print_advertisement(const VisibleRefs& visible, std::string_view capabilities,
                                bool with_head_and_peeled, std::span<const ObjectId> shallow,
                                std::span<const ObjectId> haves) {
  std::string out;
  bool is_first = true;
  const auto add = [&](const ObjectId& id, std::string_view name) {
    std::string line = id.hex() + ' ' + std::string(name);
    if (is_first) line.append(1, '\0').append(capabilities);
    is_first = false;
    append_pkt(out, line + '\n');
  };
  for (const ObjectId& id : haves) add(id, ".have");
  if (with_head_and_peeled && visible.head.id) add(*visible.head.id, "HEAD");
  for (const Ref& ref : visible.refs) {
    add(ref.target, ref.name);
    if (with_head_and_peeled && ref.peeled) add(*ref.peeled, ref.name + "^{}");
  }
  if (is_first) add(kNoObject, "capabilities^{}");
  for (const ObjectId& id : shallow) append_pkt(out, "shallow " + id.hex() + '\n');
  append_flush(out);
  return out;
}

}  // namespace vcs
