#include "server/http/smart_http.h"

#include <memory>
#include <string>
#include <utility>

#include "vcs/compression.h"

namespace server::http {
namespace {

using base::Result;

// Literally what git's own server sends, in its order.
Reply uncached(Reply reply) {
  const std::string type(reply.headers.value_or("content-type", ""));
  reply.headers = Headers();
  reply.for_browsers = false;
  return std::move(reply)
      .with("Expires", "Fri, 01 Jan 1980 00:00:00 GMT")
      .with("Pragma", "no-cache")
      .with("Cache-Control", "no-cache, max-age=0, must-revalidate")
      .with("Content-Type", type);
}

vcs::WireVersion wire_version(const Request& request) {
  return vcs::wire_version_of(request.headers.value_or("git-protocol", ""));
}

bool is_gzipped(const Request& request) {
  const std::string_view encoding = request.headers.value_or("content-encoding", "");
  return encoding == "gzip" || encoding == "x-gzip";
}

Result<std::string> inflated_body(Request& request) {
  std::string body = TRY(request.read_body(kMaxFetchRequest));
  if (is_gzipped(request)) return vcs::gunzip(body, kMaxFetchRequest);
  return body;
}

// git itself never compresses a push; JGit does.
vcs::Source body_stream(Request& request) {
  vcs::Source body = [&request](char* buffer, size_t size) { return request.read(buffer, size); };
  return is_gzipped(request) ? vcs::gunzipped(std::move(body), kMaxPush) : body;
}

}  // namespace

Result<Reply> advertise_fetch(const Request& request, const vcs::UploadPack& upload_pack,
                              vcs::ShownRefs shown) {
  std::string body = TRY(upload_pack.advertise(wire_version(request), shown));
  return uncached(Reply::text(200, std::move(body), "application/x-git-upload-pack-advertisement"));
}

Reply advertise_push(const vcs::ReceivePack& receive_pack, std::string_view joined_ref) {
  return uncached(Reply::text(200, receive_pack.advertise(joined_ref),
                              "application/x-git-receive-pack-advertisement"));
}

Reply refuse_service(std::string_view service) {
  return Reply::text(
      403, service.empty() ? "only smart HTTP is served\n" : "this service is not offered here\n");
}

Result<Reply> serve_fetch(Request& request, FetchService serve) {
  const auto body = std::make_shared<const std::string>(TRY(inflated_body(request)));
  return uncached(Reply::stream(
      200, "application/x-git-upload-pack-result",
      [version = wire_version(request), body, serve = std::move(serve)](Writer& out) {
        return serve(version, *body, [&](std::string_view chunk) { return out.write(chunk); });
      }));
}

Reply serve_push(Request& request, PushService serve) {
  return uncached(Reply::stream(200, "application/x-git-receive-pack-result",
                                [&request, serve = std::move(serve)](Writer& out) {
                                  return serve(body_stream(request), [&](std::string_view chunk) {
                                    return out.write(chunk);
                                  });
                                }));
}

}  // namespace server::http
