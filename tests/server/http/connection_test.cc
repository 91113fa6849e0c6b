// Framing on the wire: what a request's length is, and what is refused because a proxy could see
// it in another way.
#include <gtest/gtest.h>

#include "tests/server/http/serving.h"

namespace server::http {
namespace {

using test::HttpClient;

struct Wire {
  Serving serving{echo};
  HttpClient client{serving.port()};

  test::HttpReply send(std::string_view bytes) {
    client.send_raw(bytes);
    return client.receive();
  }
};

TEST(Connection, ReadsAChunkedBody) {
  Wire wire;
  const auto reply =
      wire.client.request_chunked("POST", "/", {}, {"hello ", std::string(100'000, 'x'), "."});
  EXPECT_EQ(reply.body, "hello " + std::string(100'000, 'x') + ".");
  EXPECT_EQ(wire.client.request_chunked("PUT", "/", {}, {}).body, "");
  EXPECT_EQ(wire.client.connections(), 1);
}

TEST(Connection, RefusesMalformedChunks) {
  Wire wire;
  const auto reply =
      wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(Connection, SaysContinueBeforeItReads) {
  Wire wire;
  wire.client.send_raw(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(wire.client.receive().status, 100);
  EXPECT_EQ(wire.send("hello").body, "hello");
}

TEST(Connection, AsksForNoBodyThatItDoesNotRead) {
  Serving serving([](Request&) { return Reply::empty(403); });
  HttpClient client(serving.port());
  client.send_raw(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  const auto reply = client.receive();
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(Connection, LivesOnAfterASmallBodyThatNobodyRead) {
  Serving serving([](Request&) { return Reply::empty(204); });
  HttpClient client(serving.port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.post("/", std::string(1000, 'x'), "text/plain").status, 204);
  }
  EXPECT_EQ(client.connections(), 1);
}

TEST(Connection, EndsAfterALargeBodyThatNobodyRead) {
  Serving serving([](Request&) { return Reply::empty(403); });
  HttpClient client(serving.port());
  const auto reply = client.post("/", std::string(1 << 20, 'x'), "text/plain");
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(Connection, AnswersPipelinedRequestsInTurn) {
  Wire wire;
  wire.client.send_raw(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nc");
  EXPECT_EQ(wire.client.receive().body, "a");
  EXPECT_EQ(wire.client.receive().body, "b");
  EXPECT_EQ(wire.client.receive().body, "c");
}

TEST(Connection, HasALimitOnBodies) {
  Serving serving([](Request& request) {
    request.body_limit = 10;
    return echo(request);
  });
  HttpClient client(serving.port());
  EXPECT_EQ(client.post("/", "0123456789", "text/plain").status, 200);
  EXPECT_EQ(client.post("/", "0123456789x", "text/plain").status, 413);
  EXPECT_EQ(client.request_chunked("POST", "/", {}, {"01234", "56789", "x"}).status, 413);
}

TEST(Connection, RefusesHeadsThatAreTooLarge) {
  Wire wire;
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(wire.send("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status,
            414);
  EXPECT_EQ(wire.send(start + "A: " + std::string(15'400, 'a') + "\r\n\r\n").status, 431);
  EXPECT_EQ(wire.send(start + "A: " + std::string(30'000, 'a') + "\r\n\r\n").status, 431);
  std::string many = start;
  for (int i = 0; i < 62; ++i) many += "A: 1\r\n";
  EXPECT_EQ(wire.send(many + "\r\n").status, 431);
}

struct Refusal {
  const char* name;
  const char* head;  // behind the request line, without the blank line
  int status;
};

// Every one of them must end the connection: what follows cannot be trusted.
class RefusedHead : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedHead, EndsTheConnection) {
  Wire wire;
  const auto reply = wire.send("POST / HTTP/1.1\r\n" + std::string(GetParam().head) + "\r\n");
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  EXPECT_TRUE(wire.client.closed_by_server());
}

INSTANTIATE_TEST_SUITE_P(
    Framing, RefusedHead,
    testing::Values(
        Refusal{"BothLengths", "Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                400},
        Refusal{"TwoLengths", "Host: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n", 400},
        Refusal{"LengthList", "Host: x\r\nContent-Length: 3, 3\r\n", 400},
        Refusal{"SignedLength", "Host: x\r\nContent-Length: +3\r\n", 400},
        Refusal{"LengthWithTail", "Host: x\r\nContent-Length: 3x\r\n", 400},
        Refusal{"TwoCodings",
                "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400},
        Refusal{"IdentityCoding", "Host: x\r\nTransfer-Encoding: identity\r\n", 501},
        Refusal{"OtherCoding", "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", 400},
        Refusal{"FoldedHeader", "Host: x\r\nA: 1\r\n 2\r\nTransfer-Encoding: chunked\r\n", 400},
        Refusal{"NoHost", "A: 1\r\n", 400}, Refusal{"TwoHosts", "Host: x\r\nHost: y\r\n", 400},
        Refusal{"OddHost", "Host: a/b\r\n", 400},
        Refusal{"NameWithoutColon", "Host: x\r\nA\r\n", 400},
        Refusal{"Expectation", "Host: x\r\nExpect: money\r\n", 417}),
    [](const auto& info) { return info.param.name; });

TEST(Connection, RefusesPathsThatCouldMeanTwoThings) {
  Wire wire;
  for (const char* path : {"/a/../b", "/%2e%2e/a", "/a//b", "/a%2fb", "/a%5cb", "/a%00b", "/a\\b",
                           "/%zz", "/?a=%ff"}) {
    const auto reply = wire.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 400) << path;
  }
}

TEST(Connection, RefusesOtherMethodsAndVersions) {
  Wire wire;
  EXPECT_EQ(wire.send("BREW / HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
  EXPECT_EQ(wire.send("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
  EXPECT_EQ(wire.send("GET / HTTP/3.0\r\nHost: x\r\n\r\n").status, 505);
  EXPECT_EQ(wire.send("nonsense\r\n\r\n").status, 400);
}

TEST(Connection, TakesAnAbsoluteAddressOfItsOwn) {
  Serving serving([](Request& request) { return Reply::text(200, request.path); });
  HttpClient client(serving.port());
  client.send_raw("GET http://127.0.0.1:" + std::to_string(serving.port()) +
                  "/a?b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive().body, "/a");
}

}  // namespace
}  // namespace server::http
