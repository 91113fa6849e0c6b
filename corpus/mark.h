// What else than words stands on a page: tick boxes and how they are marked, areas of handwriting,
// signatures and the places for them, stamps. Seen by the pipeline; part of a page in document.json
// (docs/formats/document.md), and like words not changed by people, who label what they confirm.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "corpus/diagnostic.h"
#include "corpus/geometry.h"

namespace corpus {

enum class MarkKind { tick_box, handwriting, signature, stamp };
std::string_view name_of(MarkKind kind);
std::optional<MarkKind> parse_mark_kind(std::string_view name);

// Of a tick box: from empty to circled; of a signature: present, or absent where one belongs.
enum class MarkState { none, empty, crossed, ticked, filled, circled, present, absent };
std::string_view name_of(MarkState state);  // of none: empty
std::optional<MarkState> parse_mark_state(std::string_view name);
// Whether a mark of this kind may be in this state.
bool fits(MarkKind kind, MarkState state);

struct Mark {
  MarkKind kind = MarkKind::tick_box;
  MarkState state = MarkState::none;
  Box box;
  int32_t confidence = 0;  // 0 to 1000: that it is there, of this kind and in this state

  bool operator==(const Mark&) const = default;
};

inline constexpr size_t kMaxMarks = 2'000;  // of a page

// {"kind", "state", "box", "confidence"}; without a state that is none.
base::Json to_json(const Mark& mark);
// Nothing if something is wrong, and `problems` says what.
std::optional<Mark> mark_from_json(const base::Json& json, Diagnostics& problems);

}  // namespace corpus
