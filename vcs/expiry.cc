// vcs/maintenance.h's expire().
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "vcs/detail/commit_graph.h"
#include "vcs/detail/pack_copy.h"
#include "vcs/detail/pack_replace.h"
#include "vcs/detail/reachability.h"
#include "vcs/maintenance.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

using Pack = std::shared_ptr<const PackReader>;
using Since = std::map<ObjectId, int64_t>;  // when an object was first seen to be unreachable
using Ids = std::unordered_set<ObjectId>;

constexpr size_t kDigits = ObjectId::kSize * 2;
constexpr std::chrono::seconds kPatience{10};  // with those who hold objects
constexpr std::chrono::milliseconds kPause{5};

std::string print_notes(const Since& since) {
  std::string out;
  for (const auto& [id, time] : since) out += id.hex() + ' ' + std::to_string(time) + '\n';
  return out + base::sha1_of(out).hex() + '\n';
}

// Empty if there are none, or none that can be trusted.
Since read_notes(const Path& repository) {
  const auto text = base::read_file(expiry_notes_path(repository));
  if (!text.ok() || text->size() < kDigits + 1) return {};
  const std::string_view lines = std::string_view(*text).substr(0, text->size() - kDigits - 1);
  if (std::string_view(*text).substr(lines.size(), kDigits) != base::sha1_of(lines).hex()) {
    return {};
  }
  Since since;
  for (const std::string_view line : base::split(lines, '\n')) {
    if (line.size() < kDigits + 2) continue;
    const auto id = ObjectId::from_hex(line.substr(0, kDigits));
    const auto time = base::parse_integer(line.substr(kDigits + 1));
    if (id.ok() && time) since.emplace(*id, *time);
  }
  return since;
}

std::vector<ObjectId> tips_of(const Repository& repository) {
  std::vector<ObjectId> tips;
  for (const Ref& ref : repository.refs().list("")) tips.push_back(ref.target);
  return tips;
}

// The ids of loose objects, which only other programs write.
std::vector<ObjectId> loose_objects(const Path& objects) {
  std::vector<ObjectId> ids;
  std::error_code failed;
  for (const auto& directory : fs::directory_iterator(objects, failed)) {
    const std::string begin = directory.path().filename().string();
    if (begin.size() != 2) continue;
    for (const auto& file : fs::directory_iterator(directory.path(), failed)) {
      const auto id = ObjectId::from_hex(begin + file.path().filename().string());
      if (id.ok()) ids.push_back(*id);
    }
  }
  return ids;
}

class Expiry {
 public:
  Expiry(Repository& repository, const ExpiryOptions& options, const StepObserver& observer)
      : repository_(repository), options_(options), observer_(observer) {}

  Result<ExpiryReport> run() {
    TRY(repository_.refresh());
    const auto claim = claim_packs();
    if (!claim) return put_off();
    const ObjectSet reached = TRY(mark_reachable());
    TRY(find_unreachable(reached));
    find_expired();
    TRY(spare_what_others_need(reached));
    measure();
    if (options_.dry_run) return report_;
    if (!expired_.empty() && !TRY(remove(reached))) return put_off();
    for (const ObjectId& id : expired_) since_.erase(id);
    TRY(base::write_file_durably(expiry_notes_path(repository_.path()), print_notes(since_)));
    return report_;
  }

 private:
  ExpiryReport put_off() {
    report_.is_put_off = true;
    report_.expired = report_.expired_bytes = 0;
    return report_;
  }

  // The packs in which objects may expire; the view is what they are judged in.
  std::shared_ptr<const void> claim_packs() {
    const std::set<std::string> claimed = repository_.claimed_packs();
    view_ = repository_.view();
    std::vector<std::string> names;
    for (const Pack& pack : view_->packs()) {
      if (claimed.contains(pack->name()) || is_kept_by_hand(*pack)) continue;
      packs_.push_back(pack);
      names.push_back(pack->name());
    }
    return repository_.claim_packs(names);
  }

  ReachabilityOptions walk_options() const {
    return {.ends = repository_.shallow_commits(), .stop = options_.stop};
  }

  Result<ObjectSet> mark_reachable() {
    ObjectSet reached(view_);
    tips_ = tips_of(repository_);
    TRY(Reachability(reached, walk_options()).mark(tips_));
    return reached;
  }

  // Notes when each was seen first, and forgets those that are reachable again or gone.
  Result<void> find_unreachable(const ObjectSet& reached) {
    const Since before = read_notes(repository_.path());
    const auto look_at = [&](const ObjectId& id) {
      ++report_.objects;
      if (reached.contains(id)) return;
      const auto known = before.find(id);
      since_.emplace(id, known == before.end() ? options_.now : known->second);
    };
    for (size_t i = 0; i < view_->packs().size(); ++i) {
      TRY(go_on(options_.stop));
      const PackLookup& lookup = view_->packs()[i]->lookup();
      for (uint32_t position = 0; position < lookup.count(); ++position) {
        if (!reached.has(i, position)) {
          look_at(lookup.id_at(position));
        } else {
          ++report_.objects;
        }
      }
    }
    for (const ObjectId& id : loose_objects(repository_.path() / "objects")) look_at(id);
    report_.unreachable = since_.size();
    return {};
  }

  void find_expired() {
    for (const auto& [id, time] : since_) {
      if (time <= options_.now - options_.grace_seconds) expired_.insert(id);
    }
  }

  // Whoever brings back a branch within its grace must find all of it.
  Result<void> spare_what_others_need(const ObjectSet& reached) {
    if (expired_.empty()) return {};
    std::vector<ObjectId> waiting;
    for (const auto& [id, time] : since_) {
      if (!expired_.contains(id)) waiting.push_back(id);
    }
    ObjectSet needed(view_);
    ReachabilityOptions options = walk_options();
    options.known = &reached;
    options.may_miss = true;
    TRY(Reachability(needed, options).mark(waiting));
    std::erase_if(expired_, [&](const ObjectId& id) { return needed.contains(id); });
    return {};
  }

  void measure() {
    report_.expired = expired_.size();
    for (const Pack& pack : packs_with_expired()) {
      const PackLookup& lookup = pack->lookup();
      uint64_t end = pack->end_of_entries();
      const std::vector<uint32_t>& order = pack->by_offset();
      for (auto position = order.rbegin(); position != order.rend(); ++position) {
        const uint64_t begin = lookup.offset_at(*position);
        if (expired_.contains(lookup.id_at(*position))) report_.expired_bytes += end - begin;
        end = begin;
      }
    }
  }

  // New packs first, without the expired objects, beside the old ones; then, while nobody relies on
  // objects that no ref names, one last look and the old packs go. False if that was not to be.
  Result<bool> remove(const ObjectSet& reached) {
    const std::vector<Pack> replaced = packs_with_expired();
    std::string name;
    if (!replaced.empty()) {
      const CopyOptions copy{[&](const ObjectId& id) { return expired_.contains(id); },
                             options_.stop};
      name = TRY(copy_packs(replaced, copy, repository_.pack_directory(), observer_));
    }
    const auto alone = TRY(wait_for_holders());
    if (!alone.owns_lock() || TRY(are_needed_after_all(reached))) {
      TRY(repository_.refresh());  // the new pack is a copy that roll-up takes away again
      return false;
    }
    TRY(forget_in_commit_graph());
    TRY(replace_packs(repository_, replaced, name, observer_));
    TRY(remove_loose());
    return true;
  }

  std::vector<Pack> packs_with_expired() const {
    std::vector<Pack> found;
    for (const Pack& pack : packs_) {
      const bool has_any = std::any_of(expired_.begin(), expired_.end(), [&](const ObjectId& id) {
        return pack->lookup().find(id).has_value();
      });
      if (has_any) found.push_back(pack);
    }
    return found;
  }

  // Without the lock if somebody held objects all the time.
  Result<std::unique_lock<std::shared_mutex>> wait_for_holders() {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (true) {
      auto lock = repository_.try_to_prune();
      if (lock.owns_lock() || std::chrono::steady_clock::now() > end) return lock;
      TRY(go_on(options_.stop));
      std::this_thread::sleep_for(kPause);
    }
  }

  // Whether refs that moved since reach one of them.
  Result<bool> are_needed_after_all(const ObjectSet& reached) const {
    std::vector<ObjectId> tips = tips_of(repository_);
    std::erase_if(tips, [&](const ObjectId& tip) {
      return std::find(tips_.begin(), tips_.end(), tip) != tips_.end();
    });
    ObjectSet fresh(repository_.view());
    ReachabilityOptions options = walk_options();
    options.known = &reached;
    TRY(Reachability(fresh, options).mark(tips));
    return std::any_of(expired_.begin(), expired_.end(),
                       [&](const ObjectId& id) { return fresh.contains(id); });
  }

  // Git stumbles over a graph with commits that are gone. It is written anew when it is due.
  Result<void> forget_in_commit_graph() {
    const Path file = commit_graph_path(repository_.path());
    if (!fs::exists(file) && !fs::exists(file.parent_path() / "commit-graphs")) return {};
    TRY(base::remove_tree(file.parent_path() / "commit-graphs"));
    TRY(base::remove_file(file));
    return base::sync_directory(file.parent_path());
  }

  Result<void> remove_loose() const {
    for (const ObjectId& id : loose_objects(repository_.path() / "objects")) {
      if (!expired_.contains(id)) continue;
      const std::string hex = id.hex();
      TRY(base::remove_file(repository_.path() / "objects" / hex.substr(0, 2) / hex.substr(2)));
    }
    return {};
  }

  Repository& repository_;
  const ExpiryOptions& options_;
  const StepObserver& observer_;
  std::shared_ptr<const ObjectView> view_;
  std::vector<Pack> packs_;  // ours to replace
  std::vector<ObjectId> tips_;
  Since since_;
  Ids expired_;
  ExpiryReport report_;
};

}  // namespace

Path expiry_notes_path(const Path& repository) {
  return repository / "glossator-unreachable";
}

Result<ExpiryReport> expire(Repository& repository, const ExpiryOptions& options,
                            const StepObserver& observer) {
  return Expiry(repository, options, observer).run();
}

}  // namespace vcs
