#include "corpus/project_settings.h"

#include <array>

namespace corpus {
namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

constexpr std::array<std::pair<QueueOrder, std::string_view>, 3> kOrders = {{
    {QueueOrder::oldest, "oldest"},
    {QueueOrder::newest, "newest"},
    {QueueOrder::unsure, "unsure"},
}};

Result<std::vector<std::string>> languages_in(const Json& value) {
  const Json::Array* list = value.as_array();
  if (list == nullptr) return Error{Code::invalid, "languages are a list", value.at()};
  if (list->size() > kMostLanguages) {
    return Error{Code::invalid, "a page is read in at most 8 languages", value.at()};
  }
  std::vector<std::string> out;
  for (const Json& item : *list) {
    const std::string* name = item.as_string();
    if (name == nullptr || name->empty()) {
      return Error{Code::invalid, "a language is named like \"deu\"", item.at()};
    }
    out.push_back(*name);
  }
  return out;
}

Result<void> change(ProjectSettings& settings, std::string_view key, const Json& value) {
  if (key == "languages") {
    settings.languages = TRY(languages_in(value));
    return {};
  }
  if (key == "queue_order") {
    const std::string* name = value.as_string();
    const auto order = name == nullptr ? std::nullopt : parse_queue_order(*name);
    if (!order) return Error{Code::invalid, "queue_order is oldest, newest or unsure", value.at()};
    settings.queue_order = *order;
    return {};
  }
  if (key == "git_lfs") {
    const bool* on = value.as_boolean();
    if (on == nullptr) return Error{Code::invalid, "git_lfs is true or false", value.at()};
    settings.git_lfs = *on;
    return {};
  }
  return Error{Code::invalid, "there is no setting of this name", value.at()};
}

}  // namespace

std::string_view name_of(QueueOrder order) {
  for (const auto& [value, name] : kOrders) {
    if (value == order) return name;
  }
  return "oldest";
}

std::optional<QueueOrder> parse_queue_order(std::string_view name) {
  for (const auto& [value, known] : kOrders) {
    if (known == name) return value;
  }
  return std::nullopt;
}

ProjectSettings settings_of(const Json& stored) {
  ProjectSettings out;
  const Json::Object* members = stored.as_object();
  if (members == nullptr) return out;
  for (const Json::Member& member : *members) {
    ProjectSettings changed = out;
    if (change(changed, member.key, member.value).ok()) out = std::move(changed);
  }
  return out;
}

Json to_json(const ProjectSettings& settings) {
  Json languages = Json::array();
  for (const std::string& language : settings.languages) languages.push(language);
  return Json::object({{"languages", std::move(languages)},
                       {"queue_order", name_of(settings.queue_order)},
                       {"git_lfs", settings.git_lfs}});
}

Result<ProjectSettings> changed_settings(ProjectSettings settings, const Json& changes) {
  const Json::Object* members = changes.as_object();
  if (members == nullptr) return Error{Code::invalid, "settings are an object", changes.at()};
  for (const Json::Member& member : *members) TRY(change(settings, member.key, member.value));
  return settings;
}

}  // namespace corpus
