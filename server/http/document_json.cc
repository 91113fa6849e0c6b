#include "server/http/document_json.h"

namespace server::http {

using base::Json;
using base::Result;

Json to_json(const storage::DocumentRow& row) {
  Json out = Json::object({{"id", row.id.hex},
                           {"state", storage::name_of(row.state)},
                           {"file_name", row.file_name},
                           {"media_type", row.source.media_type},
                           {"size", static_cast<int64_t>(row.source.size)},
                           {"sha256", row.source.sha256.hex()},
                           {"received_at", base::to_rfc3339(row.received_at)},
                           {"pages", row.page_count},
                           {"pages_done", row.pages_done},
                           {"review", row.review_state.empty() ? "new" : row.review_state}});
  Json labels = Json::array();
  for (const std::string& label : row.labels) labels.push(label);
  out.set("labels", std::move(labels));
  out.set("sources", row.sources);
  if (!row.failure_code.empty()) {
    out.set("failure", Json::object({{"code", row.failure_code}, {"reason", row.failure_reason}}));
  }
  return out;
}

namespace {

Result<Json> item_json(Services& services, const storage::Project& project, const UploadItem& item,
                       base::Milliseconds deadline) {
  Json out = Json::object({{"file_name", item.file_name}});
  if (item.refusal) {
    out.set("state", "refused");
    out.set("failure",
            Json::object({{"code", item.refusal->code}, {"reason", item.refusal->reason}}));
    return out;
  }
  const base::Milliseconds left = deadline - base::now_milliseconds();
  const auto row = TRY(left > 0 ? wait_for_document(services, project, *item.id, left)
                                : find_document(services, project, *item.id));
  out = to_json(row);
  out.set("file_name", item.file_name);
  out.set("is_new", item.is_new);
  return out;
}

}  // namespace

Result<Json> to_json(Services& services, const storage::Project& project,
                     const std::vector<UploadItem>& items, base::Milliseconds deadline) {
  Json list = Json::array();
  for (const UploadItem& item : items) {
    list.push(TRY(item_json(services, project, item, deadline)));
  }
  return list;
}

const Refusal* sole_refusal(const std::vector<UploadItem>& items) {
  return items.size() == 1 && items.front().refusal ? &*items.front().refusal : nullptr;
}

}  // namespace server::http
