// Clients that trickle or fall silent must not hold a thread for long. The limits are short here;
// what is tested is that the server ends the connection, not when.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/server/http/serving.h"

namespace server::http {
namespace {

using std::chrono::milliseconds;
using test::HttpClient;

HttpServer::Options impatient() {
  HttpServer::Options options;
  options.limits.head_timeout = milliseconds(100);
  options.limits.keep_alive = milliseconds(100);
  options.limits.least_body_rate = 1 << 20;
  return options;
}

TEST(SlowClient, IsCutOffInItsHead) {
  Serving serving(echo, impatient());
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClient, IsCutOffWhenItSendsNothing) {
  Serving serving(echo, impatient());
  HttpClient client(serving.port());
  client.send_raw("");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClient, IsCutOffWhenIdleBetweenRequests) {
  Serving serving(echo, impatient());
  HttpClient client(serving.port());
  client.get("/");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClient, IsToldThatItsBodyCameTooSlowly) {
  Serving serving(echo, impatient());
  HttpClient client(serving.port());
  client.send_raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
  const auto reply = client.receive();
  EXPECT_EQ(reply.status, 408);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(SlowClient, CannotHoldAThreadByTricklingChunks) {
  Serving serving(echo, impatient());
  HttpClient client(serving.port());
  client.send_raw("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::atomic<bool> stop{false};
  std::thread trickle([&] {
    while (!stop) {
      client.send_raw("1\r\nx\r\n");
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  EXPECT_TRUE(client.closed_by_server());
  stop = true;
  trickle.join();
}

TEST(SlowClient, CannotHoldAThreadByNotReading) {
  Serving serving([](Request&) { return Reply::text(200, std::string(30 << 20, 'x')); },
                  impatient());
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (serving.finished().empty()) std::this_thread::yield();
  EXPECT_TRUE(serving.finished()[0].aborted);
}

TEST(SlowClient, LeavesOthersUntouched) {
  Serving serving(echo, impatient());
  HttpClient slow(serving.port());
  slow.send_raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  HttpClient other(serving.port());
  EXPECT_EQ(other.post("/", "quick", "text/plain").body, "quick");
}

}  // namespace
}  // namespace server::http
