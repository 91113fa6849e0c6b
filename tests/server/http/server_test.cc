#include "server/http/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/server/http/serving.h"

namespace server::http {
namespace {

using test::code_of;

using test::HttpClient;

Reply file_reply(const base::TempDir& dir, std::string_view content) {
  const base::Path path = dir.path() / "file";
  TAKE(base::write_file_durably(path, content));
  return Reply::file(TAKE(base::open_file(path, O_RDONLY)), content.size(), "application/pdf")
      .etag("v1");
}

TEST(Server, TakesAFreePortAndAnswers) {
  Serving serving(echo);
  EXPECT_NE(serving.port(), 0);
  EXPECT_EQ(serving.server->address(), "127.0.0.1:" + std::to_string(serving.port()));
  HttpClient client(serving.port());
  const auto reply = client.post("/", "hello", "text/plain");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.header("x-content-type-options"), "nosniff");
  EXPECT_TRUE(reply.has("date"));
}

TEST(Server, RefusesBadOptions) {
  const auto listen = [](std::string address) {
    HttpServer::Options options;
    options.listen = std::move(address);
    return code_of(HttpServer::start(std::move(options), echo));
  };
  EXPECT_EQ(listen("localhost"), base::Code::invalid);
  EXPECT_EQ(listen("localhost:99999"), base::Code::invalid);
  EXPECT_EQ(listen("example.com:80"), base::Code::invalid);
  Serving serving(echo);
  EXPECT_EQ(listen(serving.server->address()), base::Code::io);
}

TEST(Server, DescribesTheRequest) {
  std::string seen;
  Serving serving([&](Request& request) {
    seen = std::string(name_of(request.method)) + ' ' + request.path + ' ' +
           request.query.string_or("a", "") + ' ' + request.cookie("c").value_or("") + ' ' +
           request.peer + ' ' + request.base_url();
    return Reply::empty(204);
  });
  HttpClient client(serving.port());
  client.request("PATCH", "/x%20y?a=1+2", {{"Cookie", "b=1; c=d"}});
  EXPECT_EQ(seen, "PATCH /x y 1 2 d 127.0.0.1 http://127.0.0.1:" + std::to_string(serving.port()));
}

TEST(Server, KeepsAConnectionAlive) {
  Serving serving(echo);
  HttpClient client(serving.port());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(client.connections(), 1);
  client.get("/", {{"Connection", "close"}});
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(client.connections(), 2);
}

TEST(Server, KeepsNoConnectionWhenThreadsRunOut) {
  HttpServer::Options options;
  options.threads = 4;
  Serving serving(echo, std::move(options));
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(std::make_unique<HttpClient>(serving.port()));
    EXPECT_NE(idle.back()->get("/").header("connection"), "close");
  }
  HttpClient last(serving.port());
  EXPECT_EQ(last.get("/").header("connection"), "close");
}

TEST(Server, GivesEachRequestAnId) {
  Serving serving(echo);
  HttpClient client(serving.port());
  const std::string first = client.get("/").header("x-request-id");
  EXPECT_EQ(first.size(), 24u);
  EXPECT_NE(client.get("/").header("x-request-id"), first);
  EXPECT_EQ(client.get("/", {{"X-Request-Id", "job-7.a"}}).header("x-request-id"), "job-7.a");
  EXPECT_NE(client.get("/", {{"X-Request-Id", "a b"}}).header("x-request-id"), "a b");
}

TEST(Server, AnswersHeadWithoutABody) {
  Serving serving([](Request&) { return Reply::text(200, "hello"); });
  HttpClient client(serving.port());
  const auto reply = client.head("/");
  EXPECT_EQ(reply.header("content-length"), "5");
  EXPECT_EQ(client.get("/").body, "hello");
  EXPECT_EQ(client.connections(), 1);
}

TEST(Server, SendsAnEmptyReplyWithItsLength) {
  Serving serving([](Request&) { return Reply::empty(404); });
  HttpClient client(serving.port());
  EXPECT_EQ(client.get("/").header("content-length"), "0");
}

TEST(Server, StreamsInChunks) {
  Serving serving([](Request&) {
    return Reply::stream(200, "text/plain", [](Writer& out) -> base::Result<void> {
      for (int i = 0; i < 3; ++i) TRY(out.write(std::string(100'000, static_cast<char>('a' + i))));
      return {};
    });
  });
  HttpClient client(serving.port());
  const auto reply = client.get("/");
  EXPECT_EQ(reply.header("transfer-encoding"), "chunked");
  EXPECT_EQ(reply.body.size(), 300'000u);
  EXPECT_EQ(reply.body.substr(99'999, 2), "ab");
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(client.connections(), 1);
}

TEST(Server, StreamsWithALength) {
  Serving serving([](Request&) {
    return Reply::stream(
        200, "text/plain", [](Writer& out) { return out.write("12345"); }, 5);
  });
  HttpClient client(serving.port());
  const auto reply = client.get("/");
  EXPECT_EQ(reply.header("content-length"), "5");
  EXPECT_EQ(reply.body, "12345");
}

TEST(Server, BreaksTheConnectionWhenAStreamFails) {
  Serving serving([](Request&) {
    return Reply::stream(200, "text/plain", [](Writer& out) -> base::Result<void> {
      TRY(out.write("half"));
      return base::Error{base::Code::io, "disk gone", {}};
    });
  });
  HttpClient client(serving.port());
  EXPECT_THROW(client.get("/"), std::runtime_error);
  serving.server->stop(std::chrono::seconds(10));
  const auto exchanges = serving.finished();
  ASSERT_FALSE(exchanges.empty());
  EXPECT_TRUE(exchanges[0].aborted);
  EXPECT_EQ(exchanges[0].failure, "disk gone");
}

TEST(Server, NeverSendsMoreThanItsLength) {
  Serving serving([](Request&) {
    return Reply::stream(
        200, "text/plain", [](Writer& out) { return out.write("123456"); }, 5);
  });
  HttpClient client(serving.port());
  EXPECT_THROW(client.get("/"), std::runtime_error);
}

TEST(Server, EndsAStreamForOldClientsWithTheConnection) {
  Serving serving([](Request&) {
    return Reply::stream(200, "text/plain", [](Writer& out) { return out.write("all"); });
  });
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto reply = client.receive();
  EXPECT_FALSE(reply.has("transfer-encoding"));
  EXPECT_EQ(reply.body, "all");
}

TEST(Server, ServesFilesAndTheirRanges) {
  const auto dir = TAKE(base::TempDir::create());
  Serving serving([&](Request&) { return file_reply(dir, "0123456789"); });
  HttpClient client(serving.port());
  const auto whole = client.get("/");
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(whole.header("accept-ranges"), "bytes");
  const auto part = client.get("/", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("content-range"), "bytes 2-4/10");
  const auto beyond = client.get("/", {{"Range", "bytes=10-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("content-range"), "bytes */10");
  EXPECT_EQ(client.connections(), 1);
}

TEST(Server, ServesRangesOfAStreamThatCanBeginAnywhere) {
  int measured = 0;
  Serving serving([&](Request&) {
    SeekableStream stream;
    stream.length = [&]() -> base::Result<uint64_t> {
      ++measured;
      return uint64_t{10};
    };
    stream.write = [](Writer& out, const ByteRange& range) {
      return out.write(std::string_view("0123456789").substr(range.first, range.length));
    };
    return Reply::seekable("text/plain", std::move(stream)).etag("v1");
  });
  HttpClient client(serving.port());
  EXPECT_EQ(client.get("/").body, "0123456789");
  EXPECT_EQ(measured, 0);  // the first bytes do not wait
  const auto part = client.get("/", {{"Range", "bytes=7-"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "789");
  EXPECT_EQ(part.header("content-range"), "bytes 7-9/10");
  EXPECT_EQ(client.get("/", {{"Range", "bytes=10-"}}).status, 416);
  EXPECT_EQ(client.get("/", {{"Range", "bytes=1-"}, {"If-Range", "\"v0\""}}).status, 200);
  EXPECT_EQ(client.get("/", {{"If-None-Match", "\"v1\""}}).status, 304);
}

TEST(Server, ServesALargeFileWhole) {
  const auto dir = TAKE(base::TempDir::create());
  std::string content(3'000'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 >> 8);
  Serving serving([&](Request&) { return file_reply(dir, content); });
  HttpClient client(serving.port());
  EXPECT_EQ(client.get("/").body, content);
  EXPECT_EQ(client.get("/", {{"Range", "bytes=100000-1999999"}}).body,
            content.substr(100'000, 1'900'000));
}

TEST(Server, AnswersHeadAndConditionsForFiles) {
  const auto dir = TAKE(base::TempDir::create());
  Serving serving([&](Request&) { return file_reply(dir, "0123456789"); });
  HttpClient client(serving.port());
  EXPECT_EQ(client.head("/").header("content-length"), "10");
  const auto unchanged = client.get("/", {{"If-None-Match", "\"v1\""}});
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.header("etag"), "\"v1\"");
  EXPECT_EQ(client.get("/", {{"If-None-Match", "\"v0\""}}).status, 200);
  EXPECT_EQ(client.get("/", {{"Range", "bytes=0-1"}, {"If-Range", "\"v1\""}}).status, 206);
  EXPECT_EQ(client.get("/", {{"Range", "bytes=0-1"}, {"If-Range", "\"v0\""}}).status, 200);
}

TEST(Server, SendsEventsAsTheyCome) {
  std::promise<void> got_first;
  Serving serving([&](Request& request) {
    const std::string last(request.headers.value_or("last-event-id", "none"));
    return Reply::events([&, last](EventStream& out) -> base::Result<void> {
      TRY(out.send({"1", "page", "last " + last}));
      got_first.get_future().wait();
      TRY(out.heartbeat());
      return out.send({"2", "", "done"});
    });
  });
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 41\r\n\r\n");
  const auto head = client.receive_head();
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(head.header("cache-control"), "no-store");
  std::string text;
  while (text.find("last 41\n\n") == text.npos) text += client.receive_some();
  EXPECT_EQ(text.find("done"), text.npos);
  got_first.set_value();
  while (text.find("data: done\n\n") == text.npos) text += client.receive_some();
  EXPECT_NE(text.find(":\n\n"), text.npos);
}

TEST(Server, CapsEventStreamsApartFromRequests) {
  HttpServer::Options options;
  options.threads = 4;
  options.limits.event_streams = 1;
  std::promise<void> release;
  auto released = release.get_future().share();
  Serving serving(
      [&](Request& request) {
        if (request.path != "/events") return Reply::empty(204);
        return Reply::events([&](EventStream& out) -> base::Result<void> {
          TRY(out.heartbeat());
          released.wait();
          return {};
        });
      },
      std::move(options));
  HttpClient first(serving.port());
  first.send_raw("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.receive_head().status, 200);
  HttpClient second(serving.port());
  const auto refused = second.get("/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "5");
  EXPECT_EQ(second.get("/").status, 204);
  EXPECT_EQ(serving.server->counts().event_streams, 1u);
  release.set_value();
}

TEST(Server, ServesManyConnectionsAtOnce) {
  HttpServer::Options options;
  options.threads = 64;
  Serving serving(echo, std::move(options));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&, i] {
      HttpClient client(serving.port());
      for (int j = 0; j < 20; ++j) {
        const std::string body = std::to_string(i) + ':' + std::to_string(j);
        if (client.post("/", body, "text/plain").body == body) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 32 * 20);
  serving.server->stop(std::chrono::seconds(10));
  EXPECT_EQ(serving.server->counts().finished, 32u * 20u);
}

TEST(Server, MakesAnExceptionA500WithoutItsWords) {
  Serving serving([](Request&) -> Reply { throw std::runtime_error("secret words"); });
  HttpClient client(serving.port());
  const auto reply = client.get("/");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  serving.server->stop(std::chrono::seconds(10));
  EXPECT_EQ(serving.finished().at(0).failure, "exception: secret words");
}

TEST(Server, TellsOfEachFinishedRequest) {
  Serving serving([](Request& request) {
    request.route = "/things/{id}";
    request.user_id = "u7";
    return echo(request);
  });
  HttpClient client(serving.port());
  client.post("/things/1?token=secret", "12345", "text/plain", {{"X-Request-Id", "abc"}});
  serving.server->stop(std::chrono::seconds(10));
  const Exchange exchange = serving.finished().at(0);
  EXPECT_EQ(exchange.method, Method::post);
  EXPECT_EQ(exchange.route, "/things/{id}");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.bytes_in, 5u);
  EXPECT_EQ(exchange.bytes_out, 5u);
  EXPECT_EQ(exchange.request_id, "abc");
  EXPECT_EQ(exchange.user_id, "u7");
  EXPECT_FALSE(exchange.aborted);
}

TEST(Server, CannotBeMadeToForgeAHeader) {
  Serving serving(
      [](Request&) { return Reply::empty(200).with("X-Name", "a\r\nSet-Cookie: b=c"); });
  HttpClient client(serving.port());
  const auto reply = client.get("/");
  EXPECT_FALSE(reply.has("set-cookie"));
  EXPECT_EQ(reply.header("x-name"), "a  Set-Cookie: b=c");
}

TEST(Server, TakesTheClientsAddressFromTrustedProxies) {
  const auto described = [](std::vector<std::string> trusted) {
    HttpServer::Options options;
    options.trusted_proxies = std::move(trusted);
    Serving serving(
        [](Request& request) {
          return Reply::text(200, request.peer + (request.secure ? " secure" : ""));
        },
        std::move(options));
    HttpClient client(serving.port());
    client.send_raw(
        "GET / HTTP/1.1\r\nHost: g\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1\r\n"
        "X-Forwarded-Proto: https\r\n\r\n");
    return client.receive().body;
  };
  EXPECT_EQ(described({}), "127.0.0.1");
  EXPECT_EQ(described({"127.0.0.1"}), "10.1.1.1 secure");
  EXPECT_EQ(described({"127.0.0.0/8", "10.0.0.0/8"}), "1.2.3.4 secure");
}

TEST(Server, FinishesRunningRequestsWhenItStops) {
  std::promise<void> started;
  std::promise<void> release;
  Serving serving([&](Request&) {
    started.set_value();
    release.get_future().wait();
    return Reply::text(200, "finished");
  });
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  started.get_future().wait();
  auto stopped = std::async(std::launch::async,
                            [&] { return serving.server->stop(std::chrono::seconds(20)); });
  while (!serving.server->stopping()) std::this_thread::yield();
  release.set_value();
  const auto reply = client.receive();
  EXPECT_EQ(reply.body, "finished");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(stopped.get());
}

TEST(Server, RefusesConnectionsWhileItStops) {
  std::promise<void> started;
  std::promise<void> release;
  Serving serving([&](Request&) {
    started.set_value();
    release.get_future().wait();
    return Reply::empty(204);
  });
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  started.get_future().wait();
  auto stopped = std::async(std::launch::async,
                            [&] { return serving.server->stop(std::chrono::seconds(20)); });
  const auto refused = [&] {
    try {
      HttpClient(serving.port()).send_raw("x");
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  };
  while (!refused()) std::this_thread::yield();
  release.set_value();
  EXPECT_EQ(client.receive().status, 204);
  EXPECT_TRUE(stopped.get());
}

TEST(Server, TellsStreamsToEndWhenItStops) {
  std::promise<void> started;
  Serving serving([&](Request&) {
    return Reply::events([&](EventStream& out) -> base::Result<void> {
      started.set_value();
      while (out.open()) std::this_thread::yield();
      return out.send({"", "", "bye"});
    });
  });
  HttpClient client(serving.port());
  client.send_raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  started.get_future().wait();
  EXPECT_TRUE(serving.server->stop(std::chrono::seconds(20)));
  EXPECT_EQ(client.receive().body, "data: bye\n\n");
}

TEST(Server, EndsIdleConnectionsWhenItStops) {
  Serving serving(echo);
  HttpClient client(serving.port());
  client.get("/");
  EXPECT_TRUE(serving.server->stop(std::chrono::seconds(20)));
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Server, ServesTheSamePortAgainAfterAStop) {
  HttpServer::Options options;
  options.listen = "127.0.0.1:0";
  options.threads = 2;
  options.limits.event_streams = 0;
  auto first = TAKE(HttpServer::start(options, echo));
  options.listen = first->address();
  first->stop(std::chrono::seconds(1));
  auto second = TAKE(HttpServer::start(options, echo));
  EXPECT_EQ(HttpClient(second->port()).get("/").status, 200);
}

}  // namespace
}  // namespace server::http
