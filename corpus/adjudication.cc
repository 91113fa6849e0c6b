#include "corpus/adjudication.h"

#include "base/bytes.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

constexpr size_t kMaxAdjudicationBytes = size_t{1} << 20;
constexpr size_t kMaxReadings = 100;
constexpr int64_t kMost = 1'000'000;

void read_count(ObjectReader& reader, std::string_view key, int64_t& out, int64_t least = 0) {
  reader.integer(key, least, kMost, out, Presence::required);
}

void read_agreement(ObjectReader& reader, Agreement& out) {
  const Json* json = reader.object("agreement", Presence::required);
  if (json == nullptr) return;
  ObjectReader inner(*json, reader.problems());
  read_count(inner, "agreed", out.agreed);
  read_count(inner, "differ", out.differ);
  read_count(inner, "only_first", out.only_first);
  read_count(inner, "only_second", out.only_second);
  read_count(inner, "f1", out.f1);
  read_count(inner, "kappa", out.kappa, -1000);
  inner.finish();
}

void read_readings(ObjectReader& reader, std::vector<AdjudicatedReading>& out) {
  const Json::Array* list = reader.array("readings", kMaxReadings, Presence::required);
  if (list == nullptr) return;
  for (const Json& item : *list) {
    ObjectReader inner(item, reader.problems());
    AdjudicatedReading reading;
    read_count(inner, "slot", reading.slot, 1);
    inner.text("reader", reading.reader, Presence::required);
    inner.text("commit", reading.commit, Presence::required);
    if (!base::is_lower_hex(reading.commit, 40) && !base::is_lower_hex(reading.commit, 64)) {
      inner.refuse(item.at(), "expected the id of a commit: 40 or 64 digits");
    }
    inner.finish();
    out.push_back(std::move(reading));
  }
}

void read_time(ObjectReader& reader, base::Milliseconds& out) {
  std::string text;
  if (!reader.text("at", text, Presence::required)) return;
  const auto moment = base::from_rfc3339(text);
  if (!moment.ok()) reader.refuse(reader.at(), "\"at\": " + moment.error().what);
  out = moment.value_or(0);
}

std::optional<Adjudication> parse(std::string_view text, Diagnostics& problems) {
  const auto json = detail::parse_object_text(text, kMaxAdjudicationBytes, problems);
  if (!json) return std::nullopt;
  Adjudication out;
  ObjectReader reader(*json, problems);
  reader.text("adjudicator", out.adjudicator, Presence::required);
  read_time(reader, out.at);
  read_readings(reader, out.readings);
  read_agreement(reader, out.agreement);
  out.extra = reader.finish();
  return out;
}

}  // namespace

base::Json to_json(const Agreement& agreement) {
  return Json::object({{"agreed", agreement.agreed},
                       {"differ", agreement.differ},
                       {"only_first", agreement.only_first},
                       {"only_second", agreement.only_second},
                       {"f1", agreement.f1},
                       {"kappa", agreement.kappa}});
}

base::Json to_json(const Adjudication& adjudication) {
  Json readings = Json::array();
  for (const AdjudicatedReading& reading : adjudication.readings) {
    readings.push(Json::object(
        {{"slot", reading.slot}, {"reader", reading.reader}, {"commit", reading.commit}}));
  }
  Json out = Json::object(
      {{"adjudicator", adjudication.adjudicator}, {"at", base::to_rfc3339(adjudication.at)}});
  out.set("readings", std::move(readings)).set("agreement", to_json(adjudication.agreement));
  detail::add_extra(out, adjudication.extra);
  return out;
}

base::Result<Adjudication> parse_adjudication(std::string_view text) {
  return detail::first_problem_of<Adjudication>(
      [&](Diagnostics& problems) { return parse(text, problems); });
}

std::string print_adjudication(const Adjudication& adjudication) {
  return to_json(adjudication).print() + '\n';
}

}  // namespace corpus
