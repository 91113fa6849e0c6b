#include "corpus/splits.h"

#include <algorithm>

#include "base/text.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

constexpr size_t kMaxSplitBytes = size_t{1} << 20;
constexpr size_t kMaxParts = 100;
constexpr int64_t kFewestFolds = 2;
constexpr int64_t kMaxShare = 1'000'000;

void read_rule(ObjectReader& outer, SplitRule& out) {
  const Json* json = outer.object("rule", Presence::required);
  if (json == nullptr) return;
  ObjectReader reader(*json, outer.problems());
  reader.names("group_by", out.group_by, kMaxParts);
  reader.text("stratify_by", out.stratify_by, Presence::optional, kMaxNameBytes);
  reader.boolean("exact", out.exact);
  if (!reader.finish().empty()) reader.refuse(json->at(), "\"rule\" has no x-... keys");
}

void read_ratios(ObjectReader& reader, std::vector<SplitPart>& out) {
  const Json* json = reader.object("ratios", Presence::required);
  if (json == nullptr) return;
  int64_t sum = 0;
  for (const auto& member : *json->as_object()) {
    const auto share =
        detail::read_integer(member.value, "a share", 0, kMaxShare, reader.problems());
    if (!detail::is_name(member.key)) {
      reader.refuse(member.at, "a part's name has letters, digits, '_', '-' and '.' only");
    } else if (share) {
      out.push_back({member.key, static_cast<uint32_t>(*share)});
      sum += *share;
    }
  }
  if (sum == 0) reader.refuse(json->at(), "\"ratios\" needs a part with a share above 0");
  if (out.size() > kMaxParts) reader.refuse(json->at(), "\"ratios\" has too many parts");
}

// One of the two ways to say which parts there are.
void read_parts(ObjectReader& reader, Split& out) {
  const Json* folds = reader.member("folds");
  if (folds == nullptr) return read_ratios(reader, out.parts);
  if (const Json* ratios = reader.member("ratios")) {
    reader.refuse(ratios->at(), "a split has either \"ratios\" or \"folds\"");
  }
  int64_t count = 0;
  if (!reader.integer("folds", kFewestFolds, static_cast<int64_t>(kMaxParts), count)) return;
  out.folds = static_cast<uint32_t>(count);
  out.parts = fold_parts(out.folds);
}

Json ratios_json(const Split& split) {
  Json ratios = Json::object();
  for (const SplitPart& part : split.parts) ratios.set(part.name, part.share);
  return ratios;
}

void check_locks(ObjectReader& reader, const Split& split) {
  std::vector<std::string> names;
  for (const SplitPart& part : split.parts) names.push_back(part.name);
  for (const std::string& lock : split.locks) {
    if (std::find(names.begin(), names.end(), lock) != names.end()) continue;
    reader.refuse(reader.member("locks")->at(), "\"locks\" names " + ObjectReader::quoted(lock) +
                                                    ", which is no part of the ratios" +
                                                    reader.problems().did_you_mean(lock, names));
  }
}

}  // namespace

std::vector<SplitPart> fold_parts(uint32_t folds) {
  std::vector<SplitPart> parts;
  for (uint32_t fold = 1; fold <= folds; ++fold)
    parts.push_back({"fold-" + std::to_string(fold), 1});
  return parts;
}

std::optional<Split> parse_split(std::string_view text, Diagnostics& problems) {
  const size_t before = problems.count();
  const auto json = detail::parse_object_text(text, kMaxSplitBytes, problems);
  if (!json) return std::nullopt;
  Split out;
  ObjectReader reader(*json, problems);
  read_rule(reader, out.rule);
  reader.text("salt", out.salt);
  int64_t seed = 0;
  reader.integer("seed", 0, INT64_MAX, seed);
  out.seed = static_cast<uint64_t>(seed);
  read_parts(reader, out);
  reader.names("locks", out.locks, kMaxParts);
  check_locks(reader, out);
  out.extra = reader.finish();
  if (problems.count() != before) return std::nullopt;
  return out;
}

base::Result<Split> parse_split(std::string_view text) {
  return detail::first_problem_of<Split>(
      [&](Diagnostics& problems) { return parse_split(text, problems); });
}

std::string print_split(const Split& split) {
  Json rule = Json::object({{"group_by", detail::strings_json(split.rule.group_by)}});
  detail::set_text(rule, "stratify_by", split.rule.stratify_by);
  if (split.rule.exact) rule.set("exact", true);
  Json out = Json::object({{"rule", std::move(rule)}, {"salt", split.salt}, {"seed", split.seed}});
  if (split.folds > 0) {
    out.set("folds", split.folds);
  } else {
    out.set("ratios", ratios_json(split));
  }
  out.set("locks", detail::strings_json(split.locks));
  detail::add_extra(out, split.extra);
  return out.print_pretty();
}

}  // namespace corpus
