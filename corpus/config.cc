#include "corpus/config.h"

#include "base/random.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

constexpr size_t kMaxConfigBytes = 65'536;

void read_policy(ObjectReader& outer, ProjectPolicy& out) {
  const Json* json = outer.object("policy");
  if (json == nullptr) return;
  ObjectReader reader(*json, outer.problems());
  for (const auto& [key, member] : policy_flags()) reader.boolean(key, out.*member);
  if (!reader.finish().empty()) reader.refuse(json->at(), "\"policy\" has no x-... keys");
}

void read_fan_out(ObjectReader& reader, FanOut& out) {
  const auto* levels = reader.array("fan_out", 8, Presence::required);
  if (levels == nullptr) return;
  std::vector<uint8_t> digits;
  for (const Json& level : *levels) {
    const auto count =
        detail::read_integer(level, "a level of the fan-out", 1, 4, reader.problems());
    if (count) digits.push_back(static_cast<uint8_t>(*count));
  }
  out.digits = std::move(digits);
}

std::optional<ProjectConfig> read_config(std::string_view text, Diagnostics& problems) {
  const auto json = detail::parse_object_text(text, kMaxConfigBytes, problems);
  if (!json) return std::nullopt;
  ProjectConfig out;
  ObjectReader reader(*json, problems);
  int64_t format = 0;
  reader.integer("format", 1, INT32_MAX, format, Presence::required);
  out.format = static_cast<int>(format);
  if (out.format > kFormatVersion) {
    problems.add(json->find("format")->at(), "the repository has format " + std::to_string(format) +
                                                 ", this program knows up to " +
                                                 std::to_string(kFormatVersion));
    return std::nullopt;
  }
  reader.text("project", out.project_id, Presence::required);
  if (!base::is_ulid(out.project_id)) reader.refuse(json->at(), "\"project\" is not a ULID");
  reader.text("name", out.name, Presence::required);
  read_fan_out(reader, out.fan_out);
  read_policy(reader, out.policy);
  if (!reader.finish().empty()) reader.refuse(json->at(), "glossator.json has no x-... keys");
  return out;
}

}  // namespace

base::Result<ProjectConfig> parse_config(std::string_view text) {
  return detail::first_problem_of<ProjectConfig>(
      [&](Diagnostics& problems) { return read_config(text, problems); });
}

std::string print_config(const ProjectConfig& config) {
  Json::Array fan_out;
  for (const uint8_t digits : config.fan_out.digits) fan_out.push_back(Json(int{digits}));
  Json policy = Json::object();
  for (const auto& [key, member] : policy_flags()) policy.set(key, config.policy.*member);
  return Json::object({{"format", config.format},
                       {"project", config.project_id},
                       {"name", config.name},
                       {"fan_out", std::move(fan_out)},
                       {"policy", std::move(policy)}})
      .print_pretty();
}

}  // namespace corpus
