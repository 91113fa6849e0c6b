// The list of documents: by text, label, state, people, metadata, date, confidence.
#include "server/http/document_json.h"
#include "server/http/document_query.h"
#include "server/http/document_reply.h"
#include "server/http/routes.h"
#include "storage/document_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Result<Reply> list_documents(Services& services, Context& context) {
  const storage::Access& access = *context.principal.access;
  if (!may_read_documents(context) && searches(context)) {
    return base::Error{base::Code::denied, "searching documents needs document:read"};
  }
  storage::DocumentQuery query = TRY(document_query(services, context));
  query.cursor = context.query("cursor").value_or("");
  query.limit = static_cast<size_t>(context.query_integer("limit", 50));
  if (!may_read_documents(context)) query.uploader = access.principal.user.id;
  const auto page = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); }));
  Json items = Json::array();
  for (const storage::DocumentRow& row : page.rows)
    items.push(TRY(document_json(services, access, row)));
  Json reply = Json::object({{"items", std::move(items)}});
  reply.set("next_cursor", page.next_cursor.empty() ? Json() : Json(page.next_cursor));
  return Reply::json(200, reply).cache("private, no-cache");
}

// The filters, and how to go through what they leave.
std::vector<Parameter> list_parameters() {
  std::vector<Parameter> all = document_filters();
  all.push_back({"sort",
                 "a - before it: descending",
                 Parameter::Type::string,
                 false,
                 {},
                 {},
                 {"received", "-received", "name", "-name", "confidence", "-confidence"}});
  all.push_back(text_parameter("cursor", "next_cursor of the page before"));
  all.push_back(integer_parameter("limit", "", 1, 500));
  return all;
}

}  // namespace

void add_document_list_routes(Router& router, Services& services) {
  router.add(
      {.method = Method::get,
       .path = std::string(kProjectPath) + "/documents",
       .access = Access::needs(Permission::document_read_own),
       .handler = handled([&](Context& c) { return list_documents(services, c); }),
       .id = "list_documents",
       .summary = "Documents: by text, label, state, people, metadata, date, confidence",
       .description =
           "Order by `sort`; `next_cursor` goes on in the same order. Confidences are ranges "
           "such as 900-1000: of reading the words, and, `label_confidence`, of the label "
           "that a model was least sure of. `sampled`: one of ten submitted documents of "
           "each annotator, drawn for a second look.",
       .tag = "documents",
       .query = list_parameters(),
       .responses = {json_response(200, "a page of documents")}});
}

}  // namespace server::http
