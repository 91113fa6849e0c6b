// Many stored objects in one answer, for whoever knows their names from a manifest.
#include "base/text.h"
#include "server/flow/object_archive.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Result;
using corpus::Permission;

constexpr size_t kMostNames = 20'000;
constexpr uint64_t kMostBody = kMostNames * 38;  // a name of a directory, and its line's end

// A name a line, as DVC spells it: 32 digits, a directory's with ".dir" behind.
Result<std::vector<storage::BlobName>> names_in(std::string_view body) {
  std::vector<storage::BlobName> names;
  for (const std::string_view line : base::split(body, '\n')) {
    if (line.empty()) continue;
    auto name = storage::BlobName::parse(line);
    if (!name.ok()) return name.error().within("line " + std::to_string(names.size() + 1));
    names.push_back(*name);
  }
  if (names.empty()) return base::Error{base::Code::invalid, "name at least one object"};
  if (names.size() > kMostNames) {
    return base::Error{base::Code::limit,
                       "at most " + std::to_string(kMostNames) + " objects at a time"};
  }
  return names;
}

Result<Reply> send_objects(Services& services, Context& context) {
  const auto names = TRY(names_in(TRY(context.request.read_body(kMostBody))));
  const storage::Access& access = *context.principal.access;
  auto archive = TRY(ObjectArchive::open(services, access.project, sight_of(access), names));
  const uint64_t size = archive.size();
  return Reply::stream(
      200, "application/x-tar",
      [archive = std::move(archive)](Writer& out) {
        return archive.write([&](std::string_view chunk) { return out.write(chunk); });
      },
      size);
}

}  // namespace

void add_object_routes(Router& router, Services& services) {
  RequestBody names;
  names.media_types = {"text/plain"};
  names.limit = kMostBody;
  router.add(
      {.method = Method::post,
       .path = std::string(kProjectPath) + "/objects",
       .access = Access::needs(Permission::release_read),
       .handler = handled([&](Context& c) { return send_objects(services, c); }),
       .id = "fetch_objects",
       .summary = "Many stored objects at once: their MD5s, a line each; answered as a tar",
       .description =
           "The archive holds files/md5/<2>/<30> in the order of the request, so "
           "it can be unpacked into a DVC cache. If one is not there, or may not be read, the "
           "answer is 404 and names it.",
       .tag = "datasets",
       .body = names,
       .responses = {{200, "the objects", "application/x-tar", {}, {}}}});
}

}  // namespace server::http
