#include "server/flow/merge_states.h"

#include <algorithm>
#include <map>
#include <optional>

#include "corpus/merge.h"
#include "server/flow/document_files.h"
#include "vcs/diff.h"
#include "vcs/tree_edit.h"

namespace server {
namespace {

using corpus::PathInfo;
using corpus::PathKind;
using State = std::optional<vcs::FileState>;

constexpr size_t kMostValueBytes = 60;  // of a value that is shown

struct OurChange {
  std::string path;
  PathInfo info;
  State base;
  State ours;
};

std::string shown(const base::Json& value) {
  if (value.is_null()) return "nothing";
  std::string text = value.print();
  if (text.size() <= kMostValueBytes) return text;
  size_t end = kMostValueBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string place_of(const OurChange& change) {
  std::string place = change.path + ": ";
  if (change.info.page > 0) place += "page " + std::to_string(change.info.page) + ": ";
  return place;
}

std::string line_of(const OurChange& change, const corpus::Conflict& conflict) {
  std::string line = place_of(change);
  if (!conflict.id.empty()) line += conflict.id + ": ";
  line += conflict.field.empty() ? "as a whole" : conflict.field;
  return line + " is " + shown(conflict.theirs) + " on main, " + shown(conflict.ours) + " in yours";
}

class StatesMerger {
 public:
  StatesMerger(const corpus::FanOut& fan_out, const MergeSides& sides, vcs::ObjectOverlay& objects)
      : fan_out_(fan_out), sides_(sides), objects_(objects), theirs_(objects, sides.theirs) {}

  Result<StateMerge> merge(const WantsPath& wants) {
    for (const OurChange& change : TRY(changes(wants))) TRY(bring(change));
    if (!out_.clashes.empty()) return std::move(out_);
    TRY(apply());
    if (TRY(drop_blind_reviews())) TRY(apply());
    return std::move(out_);
  }

 private:
  Result<std::vector<OurChange>> changes(const WantsPath& wants) const {
    std::vector<OurChange> list;
    TRY(vcs::diff_trees(
        objects_, sides_.base, sides_.ours, [&](const vcs::Change& change) -> Result<bool> {
          PathInfo info = corpus::classify(change.path, fan_out_);
          if (wants && !wants(change.path, info)) return true;
          list.push_back({std::string(change.path), std::move(info), change.before, change.after});
          return true;
        }));
    return list;
  }

  Result<void> bring(const OurChange& change) {
    const auto entry = TRY(theirs_.entry(change.path));
    State theirs;
    if (entry) theirs = vcs::FileState{entry->mode, entry->id};
    if (theirs == change.ours) return {};
    if (change.info.kind == PathKind::review) reviews_.push_back(change);
    if (theirs == change.base) {
      put({change.path, {}, change.ours ? std::optional(change.ours->id) : std::nullopt});
      return {};
    }
    return bring_inside(change, theirs);
  }

  // Both sides changed the file.
  Result<void> bring_inside(const OurChange& change, const State& theirs) {
    const auto base_text = TRY(text_of(change.base));
    const auto our_text = TRY(text_of(change.ours));
    const auto their_text = TRY(text_of(theirs));
    auto merged = corpus::merge_file(change.info.kind, base_text, our_text, their_text);
    if (!merged.ok() && merged.error().code == base::Code::limit) {
      out_.clashes.push_back(place_of(change) + "both sides together: " + merged.error().what);
      return {};
    }
    if (!merged.ok()) return merged.error().within(change.path);
    if (merged->outcome == corpus::FileMerge::Outcome::unmergeable) {
      out_.clashes.push_back(place_of(change) + "was changed on main, too, and is taken whole");
    }
    for (const corpus::Conflict& conflict : merged->conflicts) {
      out_.clashes.push_back(line_of(change, conflict));
    }
    put({change.path, std::move(merged->text)});
    return {};
  }

  Result<std::optional<std::string>> text_of(const State& state) const {
    if (!state) return std::optional<std::string>();
    return std::optional(TRY(vcs::read_object_of(objects_, vcs::ObjectKind::blob, state->id,
                                                 corpus::kMaxAnnotationFileBytes)));
  }

  void put(vcs::Edit edit) { edits_[edit.path] = std::move(edit); }

  Result<void> apply() {
    std::vector<vcs::Edit> edits;
    for (const auto& [path, edit] : edits_) edits.push_back(edit);
    out_.tree = TRY(vcs::apply_edits(objects_, sides_.theirs, edits)).root;
    return {};
  }

  // Whoever submitted or judged a document did so in sight of our labels. Where the other side
  // has changed them, that word is not taken: nobody has looked at what would come out.
  Result<bool> drop_blind_reviews() {
    bool dropped = false;
    const vcs::Snapshot ours(objects_, sides_.ours);
    const vcs::Snapshot merged(objects_, out_.tree);
    for (const OurChange& change : reviews_) {
      const corpus::DocumentId& id = *change.info.document;
      const DocumentFiles seen(ours, fan_out_, id);
      const DocumentFiles now(merged, fan_out_, id);
      const corpus::ReviewState state = TRY(now.review()).state;
      if (state == corpus::ReviewState::new_ || state == corpus::ReviewState::in_progress) continue;
      if (TRY(seen.annotation_versions()) == TRY(now.annotation_versions())) continue;
      edits_.erase(change.path);
      out_.notes.push_back(place_of(change) +
                           "left out, because main has newer labels of this document");
      dropped = true;
    }
    return dropped;
  }

  const corpus::FanOut& fan_out_;
  const MergeSides& sides_;
  vcs::ObjectOverlay& objects_;
  vcs::Snapshot theirs_;
  std::map<std::string, vcs::Edit> edits_;
  std::vector<OurChange> reviews_;
  StateMerge out_;
};

}  // namespace

Result<StateMerge> merge_states(const corpus::FanOut& fan_out, const MergeSides& sides,
                                vcs::ObjectOverlay& objects, const WantsPath& wants) {
  return StatesMerger(fan_out, sides, objects).merge(wants);
}

}  // namespace server
