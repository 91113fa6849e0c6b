#include "corpus/event.h"

#include <array>

#include "base/random.h"

namespace corpus {
namespace {

namespace t = event_type;
constexpr std::array kTypes = {
    t::kDocumentUploaded, t::kDocumentReady,    t::kDocumentFailed, t::kDocumentReread,
    t::kDocumentErased,   t::kAnnotationsSaved, t::kLabelsImported, t::kCommentsChanged,
    t::kReviewMoved,      t::kRepositoryPushed, t::kSchemaChanged,  t::kSplitChanged,
    t::kReleaseCreated,   t::kReleaseWithdrawn, t::kExportReady,    t::kReceiptWritten,
    t::kJobFailed,        t::kProjectCreated,   t::kProposalOpened, t::kProposalUpdated,
    t::kProposalAccepted, t::kProposalClosed};

base::Result<std::string> text_member(const base::Json& json, std::string_view key) {
  const std::string* text = json.find_string(key);
  if (text == nullptr) {
    return base::Error{base::Code::invalid, "an event needs \"" + std::string(key) + "\"",
                       json.at()};
  }
  return *text;
}

}  // namespace

std::span<const std::string_view> all_event_types() {
  return kTypes;
}

Event make_event(std::string_view type, std::string subject, base::Json data) {
  return {base::new_ulid(), std::string(type), std::move(subject), base::now_milliseconds(),
          data.is_null() ? base::Json::object() : std::move(data)};
}

base::Json to_json(const Event& event, std::string_view source) {
  return base::Json::object({{"specversion", "1.0"},
                             {"id", event.id},
                             {"source", source},
                             {"type", event.type},
                             {"subject", event.subject},
                             {"time", base::to_rfc3339_with_milliseconds(event.time)},
                             {"datacontenttype", "application/json"},
                             {"data", event.data}});
}

base::Result<Event> event_from_json(const base::Json& json) {
  if (json.string_or("specversion", "") != "1.0") {
    return base::Error{base::Code::invalid, "not a CloudEvents 1.0 event", json.at()};
  }
  Event out;
  out.id = TRY(text_member(json, "id"));
  out.type = TRY(text_member(json, "type"));
  out.subject = TRY(text_member(json, "subject"));
  out.time = TRY(base::from_rfc3339(TRY(text_member(json, "time"))));
  const base::Json* data = json.find("data");
  out.data = data == nullptr ? base::Json::object() : *data;
  return out;
}

}  // namespace corpus
