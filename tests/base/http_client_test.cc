#include "base/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

// Answers one connection with given texts, one for each request, and keeps what it was asked.
class OneConnection {
 public:
  explicit OneConnection(std::vector<std::string> answers) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), plain, size) != 0 || ::listen(listener_.get(), 1) != 0 ||
        ::getsockname(listener_.get(), plain, &size) != 0) {
      throw std::runtime_error("no port");
    }
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
    thread_ = std::thread([this, answers] { serve(answers); });
  }
  ~OneConnection() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  const std::string& url() const { return url_; }
  // Once every answer was fetched.
  const std::string& asked() const { return asked_; }

 private:
  void serve(const std::vector<std::string>& answers) {
    const UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
    for (const std::string& answer : answers) {
      std::string head;
      char byte = 0;
      while (!head.ends_with("\r\n\r\n") && ::read(client.get(), &byte, 1) == 1) head += byte;
      asked_ += head;
      if (!write_all(client.get(), answer).ok()) return;
    }
  }

  UniqueFd listener_;
  std::string url_;
  std::string asked_;
  std::thread thread_;
};

TEST(HttpClient, AsksWithItsTokenAndReadsHeadAndBody) {
  OneConnection server({"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\nhello",
                        "HTTP/1.1 204 No Content\r\n\r\n"});
  HttpClient client({.token = "secret"});
  const auto answer = TAKE(client.send({.url = server.url(), .headers = {"Range: bytes=1-"}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.header("etag"), "\"a\"");
  EXPECT_EQ(answer.header("none"), "");
  EXPECT_EQ(TAKE(client.send({.url = server.url()})).status, 204);  // by the same connection
  EXPECT_NE(server.asked().find("Authorization: Bearer secret\r\n"), std::string::npos);
  EXPECT_NE(server.asked().find("Range: bytes=1-\r\n"), std::string::npos);
}

TEST(HttpClient, OnlyWhatWasAskedForGoesToTheSink) {
  OneConnection server({"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone",
                        "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\npart"});
  HttpClient client({});
  std::string got;
  std::vector<int> heads;
  const auto ask = [&] {
    return client.send(
        {.url = server.url()},
        [&](std::string_view chunk) -> Result<void> {
          got += chunk;
          return {};
        },
        [&](const HttpAnswer& answer) -> Result<void> {
          EXPECT_TRUE(got.empty());
          heads.push_back(answer.status);
          return {};
        });
  };
  EXPECT_EQ(TAKE(ask()).body, "none");
  EXPECT_EQ(got, "");
  EXPECT_EQ(TAKE(ask()).body, "");
  EXPECT_EQ(got, "part");
  EXPECT_EQ(heads, (std::vector{404, 206}));
}

TEST(HttpClient, WhatTheSinkSaysStopsIt) {
  OneConnection server({"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"});
  HttpClient client({});
  const auto outcome = client.send({.url = server.url()}, [](std::string_view) -> Result<void> {
    return Error{Code::no_space, "full"};
  });
  EXPECT_EQ(test::code_of(outcome), Code::no_space);
}

TEST(HttpClient, ABrokenLineMayBeTriedAgain) {
  HttpClient client({});
  {
    OneConnection server({"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nshort"});
    EXPECT_EQ(test::code_of(client.send({.url = server.url()})), Code::busy);
  }
  EXPECT_EQ(test::code_of(client.send({.url = "http://127.0.0.1:1/"})), Code::busy);
}

TEST(HttpClient, OtherAddressesAreRefused) {
  HttpClient client({});
  for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "not an address"}) {
    EXPECT_EQ(test::code_of(client.send({.url = url})), Code::invalid) << url;
  }
}

TEST(HttpClient, FollowsNobodyElsewhere) {
  OneConnection server(
      {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"});
  HttpClient client({.token = "secret"});
  EXPECT_EQ(TAKE(client.send({.url = server.url()})).status, 302);
}

}  // namespace
}  // namespace base
