// Reads the members of a JSON object into values, reports everything that is wrong with its place,
// and at the end every key that nobody asked for.
//
//   ObjectReader reader(json, problems);
//   reader.text("name", label.name, Presence::required);
//   label.extra = reader.finish();
//
// Reading goes on after a problem: values that are wrong keep their defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "corpus/annotation.h"
#include "corpus/diagnostic.h"
#include "corpus/geometry.h"

namespace corpus::detail {

enum class Presence { optional, required };

inline constexpr int32_t kMaxCoordinate = 1'000'000;

class ObjectReader {
 public:
  // `json` and `problems` outlive the reader, and so does every key that it is asked for.
  ObjectReader(const base::Json& json, Diagnostics& problems);

  // The member's value if it is there; a required one that is missing is reported.
  const base::Json* member(std::string_view key, Presence presence = Presence::optional);
  const base::Json::Array* array(std::string_view key, size_t most,
                                 Presence presence = Presence::optional);
  const base::Json* object(std::string_view key, Presence presence = Presence::optional);

  // True if the member is there and right. Text comes out in NFC.
  bool text(std::string_view key, std::string& out, Presence presence = Presence::optional,
            size_t most_bytes = kMaxTextBytes);
  bool name(std::string_view key, std::string& out, Presence presence = Presence::optional);
  bool names(std::string_view key, std::vector<std::string>& out, size_t most);
  bool integer(std::string_view key, int64_t least, int64_t most, int64_t& out,
               Presence presence = Presence::optional);
  bool boolean(std::string_view key, bool& out);
  bool box(std::string_view key, std::optional<Box>& out, Presence presence = Presence::optional);
  bool word_ids(std::string_view key, std::vector<WordId>& out);
  // A word of a closed list; `parse` gives nothing for a word that is not in it.
  template <typename Parse, typename Value>
  bool word(std::string_view key, Parse parse, std::span<const std::string> known, Value& out,
            Presence presence = Presence::optional) {
    std::string spelled;
    const base::Json* value = member(key, presence);
    if (value == nullptr || !text(key, spelled)) return false;
    const auto found = parse(spelled);
    if (!found) return refuse_word(*value, key, spelled, known);
    out = *found;
    return true;
  }
  // An id: Id::parse decides.
  template <typename Id>
  bool id(std::string_view key, std::optional<Id>& out, Presence presence = Presence::optional) {
    std::string spelled;
    const base::Json* value = member(key, presence);
    if (value == nullptr || !text(key, spelled)) return false;
    auto parsed = Id::parse(spelled);
    if (!parsed.ok()) return refuse(value->at(), quoted(key) + ": " + parsed.error().what);
    out = std::move(parsed).value();
    return true;
  }

  // The x-... members in canonical form. Reports keys that were never asked for.
  JsonMap finish();

  bool refuse(base::Position at, std::string message);
  Diagnostics& problems() { return problems_; }
  base::Position at() const { return json_.at(); }
  static std::string quoted(std::string_view word) { return '"' + std::string(word) + '"'; }

 private:
  bool wrong_kind(std::string_view key, const base::Json& value, std::string_view expected);
  bool refuse_word(const base::Json& value, std::string_view key, const std::string& spelled,
                   std::span<const std::string> known);

  const base::Json& json_;
  Diagnostics& problems_;
  std::vector<std::string_view> known_;
};

// The value with text in NFC and the keys of its objects sorted; nothing (and a problem) for
// fractions, NUL characters and what is nested too deep. `depth`: levels around it.
std::optional<base::Json> canonical_value(const base::Json& value, Diagnostics& problems,
                                          size_t depth = 1);
// Text as the formats hold it: NFC, without NUL, at most so many bytes.
std::optional<std::string> canonical_text(const base::Json& value, std::string_view what,
                                          Diagnostics& problems, size_t most_bytes = kMaxTextBytes);
std::optional<Box> read_box(const base::Json& value, Diagnostics& problems);
std::optional<std::vector<WordId>> read_word_ids(const base::Json& value, Diagnostics& problems);
std::optional<int64_t> read_integer(const base::Json& value, std::string_view what, int64_t least,
                                    int64_t most, Diagnostics& problems);

// Letters, digits, '_', '-', '.', 1 to kMaxNameBytes of them, not beginning with '.' or '-'.
bool is_name(std::string_view text);

base::Json box_json(const Box& box);
base::Json strings_json(std::span<const std::string> strings);
base::Json map_json(const JsonMap& map);
// Appends the x-... members.
void add_extra(base::Json& object, const JsonMap& extra);
// Sets the member unless the text is empty.
void set_text(base::Json& object, std::string_view key, std::string_view text);

// Runs a reader that reports all problems; its value, or the first problem as the error.
template <typename Value, typename Read>
base::Result<Value> first_problem_of(Read read) {
  Diagnostics problems;
  std::optional<Value> value = read(problems);
  if (!problems.empty()) return first_error(problems);
  return std::move(*value);
}

// The parsed text of a whole-file format, or a problem.
std::optional<base::Json> parse_object_text(std::string_view text, size_t most_bytes,
                                            Diagnostics& problems);

}  // namespace corpus::detail
