// git's smart HTTP (gitprotocol-http) over one repository: what every address of a repository
// answers, whoever found it and judged who may ask. Media types and limits of bodies are the
// route's to check.
//
//   Reply found = advertise_fetch(request, upload_pack);              // GET info/refs
//   return serve_fetch(request, [project](auto version, auto body, const auto& out) {
//     return project->upload_pack->serve(version, body, out);         // POST git-upload-pack
//   });
//
// A serving function runs after the handler has returned, while the request still lives: it must
// own the rest of what it uses. Safe from many threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "vcs/receive_pack.h"
#include "vcs/upload_pack.h"

namespace server::http {

// Also once inflated. A clone of 100,000 refs names each of them.
constexpr uint64_t kMaxFetchRequest = uint64_t{32} << 20;
constexpr uint64_t kMaxPush = uint64_t{4} << 30;

constexpr const char* kFetchRequestType = "application/x-git-upload-pack-request";
constexpr const char* kPushRequestType = "application/x-git-receive-pack-request";

base::Result<Reply> advertise_fetch(const Request& request, const vcs::UploadPack& upload_pack,
                                    vcs::ShownRefs shown = {});
// `joined_ref` as vcs::ReceivePack::advertise takes it.
Reply advertise_push(const vcs::ReceivePack& receive_pack, std::string_view joined_ref = {});
// To info/refs for another service, or for none, as a client of the dumb protocol asks.
Reply refuse_service(std::string_view service);

using FetchService =
    std::function<base::Result<void>(vcs::WireVersion, std::string_view body, const vcs::Sink&)>;
// Reads the whole request, gunzipped; Code::invalid or Code::limit if that fails.
base::Result<Reply> serve_fetch(Request& request, FetchService serve);

using PushService = std::function<base::Result<void>(const vcs::Source&, const vcs::Sink&)>;
// The body is read, and inflated if need be, while it is served.
Reply serve_push(Request& request, PushService serve);

}  // namespace server::http
