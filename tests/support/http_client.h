// A small blocking HTTP/1.1 client for tests: raw enough to send what no polite client would.
//
//   test::HttpClient client(server->port());
//   const test::HttpReply reply = client.get("/healthz");
//   EXPECT_EQ(reply.status, 200);
//   client.send_raw("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
//   EXPECT_EQ(client.receive().status, 400);
//
// One connection, kept alive between requests and reopened when the server has closed it (a request
// that meets a connection just closed is sent once more). Throws
// std::runtime_error when the connection breaks inside a reply or 20 seconds pass in silence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
  int status = 0;
  std::string reason = {};
  HttpHeaders headers = {};  // names in lower case
  std::string body = {};     // decoded from chunks
  // The first value of that name (in lower case), or "".
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
};

class HttpClient {
 public:
  explicit HttpClient(uint16_t port, std::string host = "127.0.0.1");
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Headers sent with every request, e.g. Authorization.
  HttpHeaders always;

  HttpReply get(std::string_view target, const HttpHeaders& headers = {});
  HttpReply head(std::string_view target, const HttpHeaders& headers = {});
  HttpReply post(std::string_view target, std::string_view body,
                 std::string_view media_type = "application/json", const HttpHeaders& headers = {});
  HttpReply request(std::string_view method, std::string_view target,
                    const HttpHeaders& headers = {}, std::string_view body = {});
  // The body goes as chunks.
  HttpReply request_chunked(std::string_view method, std::string_view target,
                            const HttpHeaders& headers, const std::vector<std::string>& chunks);

  // The bytes as they are, on a connection that is opened if there is none.
  void send_raw(std::string_view bytes);
  // The next reply; `to_head`: it has no body whatever its length says. 1xx replies are returned
  // like any other.
  HttpReply receive(bool to_head = false);
  // Status line and headers only; the body is read with receive_some().
  HttpReply receive_head();
  // What has arrived, at least one byte; "" when the server has closed the connection.
  std::string receive_some();
  // Whether the server has closed the connection (waits for it).
  bool closed_by_server();
  void close();
  // How often a connection was opened.
  int connections() const { return connections_; }

 private:
  std::string head_text(std::string_view method, std::string_view target,
                        const HttpHeaders& headers) const;
  HttpReply exchange(std::string_view method, const std::string& text);
  bool fill();
  std::string take_line();
  std::string take(size_t count);
  std::string take_chunks();

  uint16_t port_;
  std::string host_;
  int fd_ = -1;
  bool ending_ = false;  // the server has said that it closes
  int connections_ = 0;
  std::string pending_;
};

}  // namespace test
