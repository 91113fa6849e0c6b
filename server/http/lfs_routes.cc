// Git LFS beside smart HTTP (docs/git-lfs.md): /<org>/<project>.git/info/lfs, where the stock
// client looks without being told. Batch, the basic transfer, verify; no locks, which it takes
// quietly. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
#include <algorithm>

#include "server/flow/lfs.h"
#include "server/http/authorize.h"
#include "server/http/object_replies.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;
using corpus::LfsPointer;
using corpus::Permission;

constexpr size_t kMostObjects = 10'000;  // of one batch; the stock client names 100
constexpr uint64_t kMostBody = uint64_t{4} << 20;
constexpr char kMayNotPush[] = "you may not send files to this project (it needs data:push)";
constexpr char kOtherSize[] = "the object has another size";
constexpr char kNoLocks[] = "files are not locked here; changes of two people meet when they push";

Reply lfs_json(int status, const Json& value) {
  return Reply::text(status, value.print(), kLfsMediaType);
}

bool may_push(const Context& context) {
  return context.principal.access->allows(Permission::data_push);
}

const storage::Project& project_in(const Context& context) {
  return context.principal.access->project;
}

// What one says about a batch or an object must be there and of its type; further members are the
// protocol's to add.
Result<LfsPointer> pointer_in(const Json& object) {
  const std::string* oid = object.find_string("oid");
  const int64_t* size = object.find_integer("size");
  if (oid == nullptr || size == nullptr || *size < 0) {
    return Error{Code::invalid, "an object has an oid and a size", object.at()};
  }
  const auto sha256 = base::Sha256::from_hex(*oid);
  if (!sha256.ok()) return sha256.error().within("oid");
  return LfsPointer{*sha256, static_cast<uint64_t>(*size)};
}

struct Batch {
  bool is_upload = false;
  std::vector<LfsPointer> objects;
};

bool names_basic(const Json& body) {
  const Json::Array* transfers = body.find_array("transfers");
  return transfers == nullptr || transfers->empty() ||
         std::any_of(transfers->begin(), transfers->end(),
                     [](const Json& name) { return name == Json("basic"); });
}

Result<Batch> batch_in(const Json& body) {
  Batch batch;
  const std::string operation = body.string_or("operation", "");
  batch.is_upload = operation == "upload";
  if (!batch.is_upload && operation != "download") {
    return Error{Code::invalid, "the operation is upload or download"};
  }
  if (body.string_or("hash_algo", "sha256") != "sha256") {
    return Error{Code::invalid, "objects are named by sha256 here"};
  }
  if (!names_basic(body)) return Error{Code::invalid, "the transfer is basic here"};
  const Json::Array* objects = body.find_array("objects");
  if (objects == nullptr || objects->empty() || objects->size() > kMostObjects) {
    return Error{Code::invalid, "a batch names 1 to 10000 objects"};
  }
  for (const Json& object : *objects) batch.objects.push_back(TRY(pointer_in(object)));
  return batch;
}

Json error_json(int code, std::string_view message) {
  return Json::object({{"error", Json::object({{"code", code}, {"message", message}})}});
}

// The actions that a batch offers: addresses below its own, and no header, so that the client sends
// the credentials that it asked with.
class Actions {
 public:
  explicit Actions(const Context& context)
      : base_(context.request.base_url() + "/" + project_in(context).path() + ".git/info/lfs") {}

  Json download(const LfsPointer& object) const {
    return Json::object({{"actions", Json::object({{"download", at(object)}})}});
  }
  Json upload(const LfsPointer& object) const {
    const Json verify = Json::object({{"href", base_ + "/verify"}});
    return Json::object({{"actions", Json::object({{"upload", at(object)}, {"verify", verify}})}});
  }

 private:
  Json at(const LfsPointer& object) const {
    return Json::object({{"href", base_ + "/objects/" + object.sha256.hex()}});
  }

  std::string base_;
};

Json offer_download(const Actions& actions, const LfsPointer& object, LfsState state) {
  switch (state) {
    case LfsState::there:
      return actions.download(object);
    case LfsState::withdrawn:
      return error_json(410, "the object was withdrawn with a release");
    case LfsState::resized:
      return error_json(422, kOtherSize);
    case LfsState::missing:
      break;
  }
  return error_json(404, "there is no such object");
}

// Who finds it there sends nothing.
Json offer_upload(const Actions& actions, const LfsPointer& object, LfsState state,
                  uint64_t most_bytes) {
  if (state == LfsState::there) return Json::object();
  if (state == LfsState::withdrawn) return error_json(410, "the object was withdrawn");
  if (state == LfsState::resized) return error_json(422, kOtherSize);
  if (object.size > most_bytes) {
    return error_json(422, "a file has at most " + std::to_string(most_bytes) + " bytes here");
  }
  return actions.upload(object);
}

Result<Reply> answer_batch(Services& services, Context& context) {
  const Batch batch = TRY(batch_in(TRY(context.request.read_json(kMostBody))));
  if (batch.is_upload && !may_push(context))
    return context.problem(Problem::forbidden(kMayNotPush));
  const storage::Access& access = *context.principal.access;
  const auto found =
      batch.is_upload ? TRY(rely_on_lfs(services, actor_of(context), batch.objects))
                      : TRY(look_up_lfs(services, access.project, sight_of(access), batch.objects));
  const Actions actions(context);
  Json objects = Json::array();
  for (size_t i = 0; i < found.size(); ++i) {
    const LfsPointer& object = batch.objects[i];
    Json offer = batch.is_upload ? offer_upload(actions, object, found[i].state,
                                                services.config.read_limits.input_bytes)
                                 : offer_download(actions, object, found[i].state);
    offer.set("oid", object.sha256.hex()).set("size", object.size);
    objects.push(std::move(offer));
  }
  return lfs_json(
      200, Json::object(
               {{"transfer", "basic"}, {"objects", std::move(objects)}, {"hash_algo", "sha256"}}));
}

Result<Reply> verify(Services& services, Context& context) {
  const LfsPointer object = TRY(pointer_in(TRY(context.request.read_json(kMostBody))));
  const auto found = TRY(look_up_lfs(services, project_in(context), Sight::all,
                                     std::span<const LfsPointer>(&object, 1)));
  switch (found.front().state) {
    case LfsState::there:
      return lfs_json(200, Json::object());
    case LfsState::resized:
      return context.problem(Problem::make(422, "other_size", kOtherSize));
    default:
      return context.problem(Problem::not_found());
  }
}

// Code::invalid for what is no address of an object.
Result<base::Sha256> oid_of(const Context& context) {
  return base::Sha256::from_hex(context.parameter("oid"));
}

Result<Reply> get_object(Services& services, Context& context) {
  const auto sha256 = oid_of(context);
  if (!sha256.ok()) return context.problem(Problem::not_found());
  const storage::Access& access = *context.principal.access;
  const auto name = TRY(find_lfs_object(services, access.project, *sha256));
  if (!name) return context.problem(Problem::not_found());
  return send_object(TRY(open_object(services, access.project, sight_of(access), *name)));
}

Reply put_object(Services& services, Context& context) {
  const auto sha256 = oid_of(context);
  if (!sha256.ok()) return context.problem(Problem::make(422, "no_oid", "not an object's name"));
  Request& request = context.request;
  const Actor actor = actor_of(context);
  const auto known = find_lfs_object(services, actor.project(), *sha256);
  if (known.ok() && *known) {
    const auto gone = rely_on(services, actor, std::span<const storage::BlobName>(&**known, 1),
                              Keeping::until_pushed);
    if (!gone.ok()) return context.problem(gone.error());
    if (gone->empty()) {
      (void)request.drain(kMostObjectBytes);
      return Reply::empty(200);
    }
  }
  const auto taken = take_object(
      services, actor, {.sha256 = *sha256},
      [&](char* buffer, size_t size) { return request.read(buffer, size); }, Keeping::until_pushed);
  if (taken.ok()) return Reply::empty(200);
  return context.problem(
      Problem::make(upload_status_of(taken.error()), "not_taken", taken.error().what));
}

// A project that does not use it has no such addresses.
RouteHandler where_used(RouteHandler handler) {
  return [handler = std::move(handler)](Context& context) {
    if (uses_lfs(project_in(context))) return handler(context);
    return context.problem(Problem::make(404, "git_lfs_off", kLfsIsOff));
  };
}

Route lfs_route(Method method, std::string_view path, Permission permission, RouteHandler handler,
                std::string id, std::string summary) {
  Route route{.method = method,
              .path = "/{org}/{project}.git/info/lfs" + std::string(path),
              .access = Access::needs(permission)};
  route.handler = where_used(std::move(handler));
  route.id = std::move(id);
  route.summary = std::move(summary);
  route.tag = "git-lfs";
  route.errors = ErrorStyle::lfs;
  return route;
}

RequestBody lfs_body(Json example) {
  RequestBody body;
  body.media_types = {kLfsMediaType, "application/json"};
  body.schema = Json::object({{"type", "object"}});
  body.example = std::move(example);
  body.limit = kMostBody;
  return body;
}

constexpr char kExampleOid[] = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

Json example_object() {
  return Json::object({{"oid", kExampleOid}, {"size", 6}});
}

void add_batch_routes(Router& router, Services& services) {
  Route batch = lfs_route(Method::post, "/objects/batch", Permission::repository_clone,
                          handled([&](Context& c) { return answer_batch(services, c); }),
                          "lfs_batch", "Which files are here, and where to send or fetch the rest");
  batch.description = "Git LFS batch API. Uploading takes data:push as well.";
  batch.body = lfs_body(
      Json::object({{"operation", "download"}, {"objects", Json::array({example_object()})}}));
  batch.responses = {{200, "an action or an error for each", kLfsMediaType, {}, {}}};
  router.add(std::move(batch));
  Route verifying = lfs_route(Method::post, "/verify", Permission::data_push,
                              handled([&](Context& c) { return verify(services, c); }),
                              "lfs_verify", "Whether a file has arrived whole");
  verifying.body = lfs_body(example_object());
  verifying.responses = {{200, "it has", kLfsMediaType, {}, {}}};
  router.add(std::move(verifying));
}

void add_transfer_routes(Router& router, Services& services) {
  Route get = lfs_route(Method::get, "/objects/{oid}", Permission::repository_clone,
                        handled([&](Context& c) { return get_object(services, c); }), "lfs_get",
                        "A file by its SHA-256, whole or a range of it");
  get.responses = {{200, "its bytes", "application/octet-stream", {}, {}}};
  router.add(std::move(get));
  Route put = lfs_route(
      Method::put, "/objects/{oid}", Permission::data_push,
      [&](Context& c) { return put_object(services, c); }, "lfs_put",
      "Send a file; taken only if it has this SHA-256");
  put.body = RequestBody{.media_types = {"*/*"}, .limit = kMostObjectBytes, .required = false};
  put.responses = {{200, "durable", {}, {}, {}}};
  router.add(std::move(put));
}

// The documented refusal: the stock client asks before each push, and goes on.
void add_lock_routes(Router& router) {
  int number = 0;
  for (const Method method : {Method::get, Method::post}) {
    for (const std::string_view path : {"/locks", "/locks/{rest...}"}) {
      Route route = lfs_route(
          method, path, Permission::repository_clone,
          [](Context& c) { return c.problem(Problem::make(404, "no_locks", kNoLocks)); },
          "lfs_locks_" + std::to_string(++number), "There are no locks");
      if (method == Method::post) {
        route.body = lfs_body({});
        route.body->required = false;
      }
      route.documented = false;
      router.add(std::move(route));
    }
  }
}

}  // namespace

void add_lfs_routes(Router& router, Services& services) {
  add_batch_routes(router, services);
  add_transfer_routes(router, services);
  add_lock_routes(router);
}

}  // namespace server::http
