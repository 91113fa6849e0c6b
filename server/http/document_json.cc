#include "server/http/document_json.h"

#include "storage/document_table.h"

namespace server::http {

using base::Json;
using base::Result;

namespace {

// What does not depend on who looks.
Json state_json(const storage::DocumentRow& row) {
  Json out = Json::object({{"id", row.id.hex},
                           {"state", storage::name_of(row.state)},
                           {"media_type", row.source.media_type},
                           {"size", static_cast<int64_t>(row.source.size)},
                           {"sha256", row.source.sha256.hex()},
                           {"pages", row.page_count},
                           {"pages_done", row.pages_done}});
  if (!row.failure_code.empty()) {
    out.set("failure", Json::object({{"code", row.failure_code}, {"reason", row.failure_reason}}));
  }
  return out;
}

Json whole_json(const storage::DocumentRow& row) {
  Json out = state_json(row);
  out.set("file_name", row.file_name);
  out.set("received_at", base::to_rfc3339(row.received_at));
  out.set("review", row.review_state.empty() ? "new" : row.review_state);
  Json labels = Json::array();
  for (const std::string& label : row.labels) labels.push(label);
  out.set("labels", std::move(labels));
  out.set("sources", row.sources);
  if (row.confidence < storage::kNoConfidence) out.set("confidence", row.confidence);
  if (row.label_confidence < storage::kNoConfidence) {
    out.set("label_confidence", row.label_confidence);
  }
  if (!row.assignee.empty()) out.set("assignee", row.assignee);
  if (row.sampled) out.set("sampled", true);
  return out;
}

Json own_json(const storage::DocumentRow& row, const Json& sources) {
  Json out = state_json(row);
  if (!sources.as_array()->empty()) {
    const Json& first = sources.as_array()->front();
    out.set("file_name", first.string_or("file_name", ""));
    out.set("received_at", first.string_or("received_at", ""));
  }
  out.set("sources", sources);
  return out;
}

Result<Json> item_json(Services& services, const storage::Access& viewer, const UploadItem& item,
                       base::Milliseconds deadline) {
  Json out = Json::object({{"file_name", item.file_name}});
  if (item.refusal) {
    out.set("state", "refused");
    out.set("failure",
            Json::object({{"code", item.refusal->code}, {"reason", item.refusal->reason}}));
    return out;
  }
  const base::Milliseconds left = deadline - base::now_milliseconds();
  const auto row = TRY(left > 0 ? wait_for_document(services, viewer.project, *item.id, left)
                                : find_document(services, viewer.project, *item.id));
  out = TRY(document_json(services, viewer, row));
  out.set("file_name", item.file_name);
  out.set("is_new", item.is_new);
  return out;
}

}  // namespace

Result<Json> document_json(Services& services, const storage::Access& viewer,
                           const storage::DocumentRow& row) {
  if (viewer.allows(corpus::Permission::document_read)) return whole_json(row);
  const Json own = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::DocumentTable(tx).sources_of(viewer.project.id, row.id,
                                                 viewer.principal.user.id);
  }));
  return own_json(row, own);
}

Result<Json> to_json(Services& services, const storage::Access& viewer,
                     const std::vector<UploadItem>& items, base::Milliseconds deadline) {
  Json list = Json::array();
  for (const UploadItem& item : items) {
    list.push(TRY(item_json(services, viewer, item, deadline)));
  }
  return list;
}

const Refusal* sole_refusal(const std::vector<UploadItem>& items) {
  return items.size() == 1 && items.front().refusal ? &*items.front().refusal : nullptr;
}

}  // namespace server::http
