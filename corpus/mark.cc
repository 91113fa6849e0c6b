#include "corpus/mark.h"

#include <algorithm>
#include <array>
#include <string>

#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using detail::Presence;

// In the order of the enumerations.
const std::array<std::string, 4> kKinds = {"tick_box", "handwriting", "signature", "stamp"};
const std::array<std::string, 8> kStates = {"",       "empty",   "crossed", "ticked",
                                            "filled", "circled", "present", "absent"};

template <typename Value, size_t size>
std::optional<Value> find(const std::array<std::string, size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

}  // namespace

std::string_view name_of(MarkKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

std::optional<MarkKind> parse_mark_kind(std::string_view name) {
  return find<MarkKind>(kKinds, name);
}

std::string_view name_of(MarkState state) {
  return kStates[static_cast<size_t>(state)];
}

std::optional<MarkState> parse_mark_state(std::string_view name) {
  return find<MarkState>(kStates, name);
}

bool fits(MarkKind kind, MarkState state) {
  switch (kind) {
    case MarkKind::tick_box:
      return state >= MarkState::empty && state <= MarkState::circled;
    case MarkKind::signature:
      return state == MarkState::present || state == MarkState::absent;
    default:
      return state == MarkState::none;
  }
}

base::Json to_json(const Mark& mark) {
  base::Json out = base::Json::object({{"kind", name_of(mark.kind)}});
  detail::set_text(out, "state", name_of(mark.state));
  out.set("box", detail::box_json(mark.box));
  out.set("confidence", mark.confidence);
  return out;
}

std::optional<Mark> mark_from_json(const base::Json& json, Diagnostics& problems) {
  const size_t before = problems.count();
  Mark out;
  detail::ObjectReader reader(json, problems);
  std::optional<Box> box;
  int64_t confidence = 0;
  reader.word("kind", parse_mark_kind, kKinds, out.kind, Presence::required);
  reader.word("state", parse_mark_state, kStates, out.state);
  reader.box("box", box, Presence::required);
  reader.integer("confidence", 0, 1'000, confidence, Presence::required);
  reader.finish();
  if (!fits(out.kind, out.state)) {
    reader.refuse(json.at(), "a mark of this kind is not in this state");
  }
  if (problems.count() > before) return std::nullopt;
  out.box = *box;
  out.confidence = static_cast<int32_t>(confidence);
  return out;
}

}  // namespace corpus
