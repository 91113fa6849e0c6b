#include "corpus/receipt.h"

#include <cmath>

#include "base/random.h"
#include "base/text.h"

namespace corpus {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

namespace {

Error not_one(const char* what) {
  return Error{Code::invalid, std::string("a receipt ") + what};
}

Result<std::string> text_of(const Json& json, std::string_view key) {
  const std::string* text = json.find_string(key);
  if (text == nullptr || text->empty()) return not_one(("lacks its " + std::string(key)).c_str());
  return *text;
}

Result<std::map<std::string, double>> metrics_of(const Json& json) {
  std::map<std::string, double> metrics;
  const Json* object = json.find("metrics");
  if (object == nullptr) return metrics;
  if (!object->is_object()) return not_one("has metrics that are no object");
  for (const Json::Member& member : *object->as_object()) {
    if (const double* real = member.value.as_real()) {
      metrics[member.key] = *real;
    } else if (const int64_t* integer = member.value.as_integer()) {
      metrics[member.key] = static_cast<double>(*integer);
    } else {
      return not_one("has a metric that is no number");
    }
  }
  return metrics;
}

Result<std::vector<std::string>> parts_of(const Json& json) {
  std::vector<std::string> parts;
  const Json::Array* list = json.find_array("parts");
  for (const Json& part : list ? *list : Json::Array()) {
    if (!part.is_string()) return not_one("has a part that is no text");
    parts.push_back(*part.as_string());
  }
  return parts;
}

// A whole number is written as one, as everywhere in the repository.
Json number_json(double value) {
  constexpr double kExact = 9'007'199'254'740'992;  // 2^53
  if (std::trunc(value) == value && std::abs(value) < kExact) return static_cast<int64_t>(value);
  return value;
}

}  // namespace

std::string_view name_of(Receipt::Kind kind) {
  return kind == Receipt::Kind::training ? "training" : "evaluation";
}

std::optional<Receipt::Kind> parse_receipt_kind(std::string_view name) {
  for (const auto kind : {Receipt::Kind::training, Receipt::Kind::evaluation}) {
    if (name == name_of(kind)) return kind;
  }
  return std::nullopt;
}

Json to_json(const Receipt& receipt) {
  Json release = Json::object({{"name", receipt.dataset},
                               {"version", receipt.version},
                               {"manifest_sha256", receipt.manifest_sha256.hex()}});
  if (!receipt.parts.empty()) {
    Json parts = Json::array();
    for (const std::string& part : receipt.parts) parts.push(part);
    release.set("parts", std::move(parts));
  }
  Json model = Json::object({{"name", receipt.model}});
  if (!receipt.model_version.empty()) model.set("version", receipt.model_version);
  Json json = Json::object({{"id", receipt.id},
                            {"at", base::to_rfc3339_with_milliseconds(receipt.at)},
                            {"kind", name_of(receipt.kind)},
                            {"release", std::move(release)},
                            {"model", std::move(model)}});
  if (!receipt.run.empty()) json.set("run", receipt.run);
  Json metrics = Json::object();
  for (const auto& [name, value] : receipt.metrics) metrics.set(name, number_json(value));
  json.set("metrics", std::move(metrics));
  json.set("by", receipt.by);
  return json;
}

Result<Receipt> receipt_from_json(const Json& json) {
  const Json* release = json.find("release");
  const Json* model = json.find("model");
  if (release == nullptr || model == nullptr) return not_one("names a release and a model");
  Receipt receipt;
  receipt.id = TRY(text_of(json, "id"));
  if (!base::is_ulid(receipt.id)) return not_one("has an id that is no ULID");
  receipt.at = TRY(base::from_rfc3339(TRY(text_of(json, "at"))));
  const auto kind = parse_receipt_kind(TRY(text_of(json, "kind")));
  if (!kind) return not_one("is of a kind that does not exist");
  receipt.kind = *kind;
  receipt.dataset = TRY(text_of(*release, "name"));
  receipt.version = TRY(text_of(*release, "version"));
  receipt.manifest_sha256 = TRY(base::Sha256::from_hex(TRY(text_of(*release, "manifest_sha256"))));
  receipt.parts = TRY(parts_of(*release));
  receipt.model = TRY(text_of(*model, "name"));
  receipt.model_version = model->string_or("version", "");
  receipt.run = json.string_or("run", "");
  receipt.metrics = TRY(metrics_of(json));
  receipt.by = TRY(text_of(json, "by"));
  return receipt;
}

std::string print_receipts(const std::vector<Receipt>& receipts) {
  std::string text;
  for (const Receipt& receipt : receipts) text += to_json(receipt).print() + "\n";
  return text;
}

Result<std::vector<Receipt>> read_receipts(std::string_view text) {
  std::vector<Receipt> receipts;
  uint32_t number = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    auto receipt = receipt_from_json(TRY(base::parse_json(line, {}, {number, 1})));
    if (!receipt.ok()) return receipt.error().within("line " + std::to_string(number));
    receipts.push_back(std::move(*receipt));
  }
  return receipts;
}

}  // namespace corpus
