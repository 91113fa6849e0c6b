#include "server/http/smart_http.h"

#include <gtest/gtest.h>

#include "tests/server/http/serving.h"
#include "tests/support/git.h"

namespace server::http {
namespace {

// "hello" by gzip(1), without name and time.
constexpr std::string_view kHelloGzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
    "\x00\x00",
    25);

// The names of a reply's headers that a client of git sees, in their order.
std::vector<std::string> names_of(const test::HttpReply& reply) {
  std::vector<std::string> names;
  for (const auto& [name, value] : reply.headers) names.push_back(name);
  return names;
}

// Says what it was asked.
Reply echo_fetch(Request& request) {
  auto reply = serve_fetch(
      request,
      [](vcs::WireVersion version, std::string_view body,
         const vcs::Sink& out) -> base::Result<void> {
        return out("v" + std::to_string(static_cast<int>(version)) + ":" + std::string(body));
      });
  return reply.ok() ? std::move(reply).value() : Reply::text(400, reply.error().what);
}

TEST(SmartHttp, SendsTheHeadersOfGitsOwnServer) {
  Serving serving(echo_fetch);
  const auto reply = test::HttpClient(serving.port()).post("/", "x", kFetchRequestType);
  EXPECT_EQ(names_of(reply), (std::vector<std::string>{"date", "expires", "pragma", "cache-control",
                                                       "content-type", "transfer-encoding"}));
  EXPECT_EQ(reply.header("expires"), "Fri, 01 Jan 1980 00:00:00 GMT");
  EXPECT_EQ(reply.header("pragma"), "no-cache");
  EXPECT_EQ(reply.header("cache-control"), "no-cache, max-age=0, must-revalidate");
  EXPECT_EQ(reply.header("content-type"), "application/x-git-upload-pack-result");
}

TEST(SmartHttp, TakesTheHighestKnownVersion) {
  Serving serving(echo_fetch);
  test::HttpClient client(serving.port());
  const auto ask = [&](const std::string& header) {
    return client.post("/", "x", kFetchRequestType, {{"Git-Protocol", header}}).body;
  };
  EXPECT_EQ(client.post("/", "x").body, "v0:x");
  EXPECT_EQ(ask("version=1"), "v1:x");
  EXPECT_EQ(ask("version=1:version=2:version=9"), "v2:x");
}

TEST(SmartHttp, InflatesAFetchRequest) {
  Serving serving(echo_fetch);
  test::HttpClient client(serving.port());
  for (const char* encoding : {"gzip", "x-gzip"}) {
    EXPECT_EQ(
        client.post("/", kHelloGzip, kFetchRequestType, {{"Content-Encoding", encoding}}).body,
        "v0:hello");
  }
  const auto broken =
      client.post("/", "no gzip", kFetchRequestType, {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(broken.status, 400);
}

// Says what was pushed, four bytes at a time.
Reply echo_push(Request& request) {
  return serve_push(request,
                    [](const vcs::Source& body, const vcs::Sink& out) -> base::Result<void> {
                      char block[4];
                      while (const size_t count = TRY(body(block, sizeof(block)))) {
                        TRY(out(std::string_view(block, count)));
                      }
                      return {};
                    });
}

TEST(SmartHttp, InflatesAPush) {
  Serving serving(echo_push);
  test::HttpClient client(serving.port());
  const auto reply = client.request_chunked(
      "POST", "/", {{"Content-Encoding", "gzip"}},
      {std::string(kHelloGzip.substr(0, 12)), std::string(kHelloGzip.substr(12))});
  EXPECT_EQ(reply.body, "hello");
}

TEST(SmartHttp, StreamsAPushInBothDirections) {
  Serving serving(echo_push);
  test::HttpClient client(serving.port());
  const auto reply = client.request_chunked("POST", "/", {}, {"a long ", "push"});
  EXPECT_EQ(reply.body, "a long push");
  EXPECT_EQ(reply.header("content-type"), "application/x-git-receive-pack-result");
}

TEST(SmartHttp, AdvertisesARepository) {
  const test::TestRepository git;
  const std::string tip = git.commit({{"a", "1\n"}});
  const std::shared_ptr<vcs::Repository> repository = TAKE(vcs::Repository::open(git.path()));
  const vcs::UploadPack upload_pack(repository, {});
  const vcs::ReceivePack receive_pack(repository, {});
  Serving serving([&](Request& request) {
    if (request.path == "/push") return advertise_push(receive_pack);
    if (request.path == "/fetch") return TAKE(advertise_fetch(request, upload_pack));
    return refuse_service(request.query.string_or("service", ""));
  });
  test::HttpClient client(serving.port());
  EXPECT_EQ(client.get("/push").header("content-type"),
            "application/x-git-receive-pack-advertisement");
  EXPECT_NE(client.get("/fetch").body.find(tip + " HEAD"), std::string::npos);
  EXPECT_EQ(client.get("/fetch", {{"Git-Protocol", "version=2"}}).body.substr(0, 14),
            "000eversion 2\n");
  EXPECT_EQ(client.get("/").status, 403);
  EXPECT_EQ(client.get("/?service=git-upload-archive").status, 403);
}

}  // namespace
}  // namespace server::http
