#include "server/http/routes.h"

#include "base/text.h"
#include "server/http/authorize.h"

namespace server::http {

void add_all_routes(Router& router, Services& services) {
  add_account_routes(router, services);
  add_project_routes(router, services);
  add_overview_routes(router, services);
  add_schema_routes(router, services);
  add_organisation_routes(router, services);
  add_member_routes(router, services);
  add_document_upload_routes(router, services);
  add_document_list_routes(router, services);
  add_document_routes(router, services);
  add_page_routes(router, services);
  add_bulk_routes(router, services);
  add_reread_routes(router, services);
  add_upload_routes(router, services);
  add_annotation_routes(router, services);
  add_comment_routes(router, services);
  add_draft_routes(router, services);
  add_queue_routes(router, services);
  add_reading_routes(router, services);
  add_presence_routes(router, services);
  add_proposal_routes(router, services);
  add_split_routes(router, services);
  add_release_routes(router, services);
  add_export_routes(router, services);
  add_import_routes(router, services);
  add_object_routes(router, services);
  add_receipt_routes(router, services);
  add_event_routes(router, services);
  add_git_routes(router, services);
  add_lfs_routes(router, services);
  add_dvc_routes(router, services);
  add_collect_routes(router, services);
  add_health_routes(router, services);
}

RequestBody json_body(base::Json schema, base::Json example) {
  RequestBody body;
  body.media_types = {"application/json"};
  body.schema = std::move(schema);
  body.example = std::move(example);
  return body;
}

Response json_response(int status, std::string description, base::Json example) {
  Response response;
  response.status = status;
  response.description = std::move(description);
  response.media_type = "application/json";
  response.schema = base::Json::object({{"type", "object"}});
  response.example = std::move(example);
  return response;
}

base::Json counts_json(const std::map<std::string, uint64_t>& counts) {
  base::Json out = base::Json::object();
  for (const auto& [name, count] : counts) out.set(name, static_cast<int64_t>(count));
  return out;
}

Parameter integer_parameter(std::string name, std::string description, int64_t least,
                            int64_t most) {
  return {
      std::move(name), std::move(description), Parameter::Type::integer, false, least, most, {}};
}

Parameter text_parameter(std::string name, std::string description) {
  return {std::move(name), std::move(description), Parameter::Type::string, false, {}, {}, {}};
}

Parameter wait_parameter() {
  constexpr int64_t kLongestWait = 300;
  return integer_parameter("wait", "seconds to wait until the document is read", 0, kLongestWait);
}

base::Result<vcs::ObjectId> version_in(std::string_view if_match) {
  std::string_view tag = base::trim(if_match);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
  }
  auto id = vcs::ObjectId::from_hex(tag);
  if (!id.ok()) return base::Error{base::Code::invalid, "If-Match is no ETag of this"};
  return id;
}

base::Result<corpus::DocumentId> document_of(const Context& context) {
  auto id = corpus::DocumentId::parse(context.parameter("id"));
  if (!id.ok()) return base::Error{base::Code::not_found, "there is no such document"};
  return id;
}

base::Result<std::shared_ptr<OpenProject>> project_of(Services& services, const Context& context) {
  return services.catalog->open(actor_of(context).project());
}

}  // namespace server::http
