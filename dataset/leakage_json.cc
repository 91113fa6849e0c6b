#include "base/json.h"
#include "dataset/leakage.h"

namespace dataset {

using base::Json;

namespace {

constexpr size_t kMostPairs = 10'000;

Json pair_json(const LeakagePair& pair) {
  Json json = Json::object({{"kind", name_of(pair.kind)},
                            {"a", pair.a.hex},
                            {"b", pair.b.hex},
                            {"part_a", pair.part_a},
                            {"part_b", pair.part_b}});
  if (pair.page_a > 0) json.set("page_a", pair.page_a).set("page_b", pair.page_b);
  if (pair.kind >= LeakageKind::near_page) json.set("likeness", pair.likeness);
  return json;
}

}  // namespace

Json to_json(const LeakageReport& report, LeakageDepth depth) {
  Json examples = Json::array();
  for (const corpus::DocumentId& id : report.examples) examples.push(id.hex);
  Json json = Json::object({{"documents", report.documents},
                            {"leaking", report.leaking},
                            {"by_group", report.by_group},
                            {"by_source", report.by_source},
                            {"by_page_image", report.by_page_image},
                            {"by_near_page", report.by_near_page},
                            {"by_near_look", report.by_near_look},
                            {"examples", std::move(examples)}});
  if (depth == LeakageDepth::numbers) return json;
  Json pairs = Json::array();
  for (const LeakagePair& pair : report.pairs) {
    if (pairs.as_array()->size() == kMostPairs) break;
    pairs.push(pair_json(pair));
  }
  json.set("pair_count", static_cast<int64_t>(report.pairs.size()));
  json.set("pairs", std::move(pairs));
  return json;
}

}  // namespace dataset
