#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace test {
namespace {

constexpr int kPatienceSeconds = 20;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

int connect_to(const std::string& host, uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(fd);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  return fd;
}

std::string to_hex(size_t number) {
  std::string out;
  do {
    out.insert(out.begin(), "0123456789abcdef"[number % 16]);
    number /= 16;
  } while (number > 0);
  return out;
}

}  // namespace

std::string HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}
bool HttpReply::has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

HttpClient::HttpClient(uint16_t port, std::string host) : port_(port), host_(std::move(host)) {}
HttpClient::~HttpClient() {
  close();
}

void HttpClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  ending_ = false;
  pending_.clear();
}

HttpReply HttpClient::get(std::string_view target, const HttpHeaders& headers) {
  return request("GET", target, headers);
}
HttpReply HttpClient::head(std::string_view target, const HttpHeaders& headers) {
  return request("HEAD", target, headers);
}
HttpReply HttpClient::post(std::string_view target, std::string_view body,
                           std::string_view media_type, const HttpHeaders& headers) {
  HttpHeaders all = headers;
  all.emplace_back("Content-Type", media_type);
  return request("POST", target, all, body);
}

std::string HttpClient::head_text(std::string_view method, std::string_view target,
                                  const HttpHeaders& headers) const {
  std::string text = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\n";
  text += "Host: " + host_ + ':' + std::to_string(port_) + "\r\n";
  for (const auto* list : {&always, &headers}) {
    for (const auto& [name, value] : *list) text += name + ": " + value + "\r\n";
  }
  return text;
}

HttpReply HttpClient::exchange(std::string_view method, const std::string& text) {
  const bool fresh = fd_ < 0 || ending_;
  try {
    send_raw(text);
    return receive(method == "HEAD");
  } catch (const std::runtime_error&) {
    if (fresh) throw;
  }
  close();  // the server ended the idle connection while we wrote: once more on a new one
  send_raw(text);
  return receive(method == "HEAD");
}

HttpReply HttpClient::request(std::string_view method, std::string_view target,
                              const HttpHeaders& headers, std::string_view body) {
  std::string text = head_text(method, target, headers);
  const bool may_have_body = method != "GET" && method != "HEAD" && method != "OPTIONS";
  if (!body.empty() || may_have_body) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n";
  text += body;
  return exchange(method, text);
}

HttpReply HttpClient::request_chunked(std::string_view method, std::string_view target,
                                      const HttpHeaders& headers,
                                      const std::vector<std::string>& chunks) {
  std::string text = head_text(method, target, headers) + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& chunk : chunks) text += to_hex(chunk.size()) + "\r\n" + chunk + "\r\n";
  return exchange(method, text + "0\r\n\r\n");
}

void HttpClient::send_raw(std::string_view bytes) {
  if (ending_) close();
  if (fd_ < 0) {
    fd_ = connect_to(host_, port_);
    ++connections_;
  }
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // The server may have answered and closed before it read everything: its reply still counts.
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool HttpClient::fill() {
  char block[65536];
  const ssize_t count = recv(fd_, block, sizeof(block), 0);
  if (count > 0) pending_.append(block, static_cast<size_t>(count));
  return count > 0;
}

std::string HttpClient::take(size_t count) {
  while (pending_.size() < count) {
    if (!fill()) throw std::runtime_error("the connection broke inside a reply's body");
  }
  std::string out = pending_.substr(0, count);
  pending_.erase(0, count);
  return out;
}

std::string HttpClient::take_line() {
  size_t end = 0;
  while ((end = pending_.find("\r\n")) == pending_.npos) {
    if (!fill()) throw std::runtime_error("the connection broke inside a reply's head");
  }
  std::string line = take(end);
  take(2);
  return line;
}

std::string HttpClient::take_chunks() {
  std::string body;
  while (const size_t size = std::stoul(take_line(), nullptr, 16)) {
    body += take(size);
    take(2);
  }
  take_line();
  return body;
}

HttpReply HttpClient::receive_head() {
  HttpReply reply;
  const std::string status = take_line();
  if (status.substr(0, 7) != "HTTP/1.") throw std::runtime_error("not an HTTP reply: " + status);
  reply.status = std::stoi(status.substr(9, 3));
  reply.reason = status.size() > 13 ? status.substr(13) : "";
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    const size_t colon = line.find(": ");
    if (colon == line.npos) throw std::runtime_error("a malformed header: " + line);
    reply.headers.emplace_back(lower(line.substr(0, colon)), line.substr(colon + 2));
  }
  return reply;
}

HttpReply HttpClient::receive(bool to_head) {
  HttpReply reply = receive_head();
  const bool closes = reply.header("connection") == "close";
  if (reply.status < 200 || to_head || reply.status == 204 || reply.status == 304) {
    // No body.
  } else if (reply.header("transfer-encoding") == "chunked") {
    reply.body = take_chunks();
  } else if (reply.has("content-length")) {
    reply.body = take(std::stoul(reply.header("content-length")));
  } else {
    while (fill()) {
    }
    reply.body = std::exchange(pending_, {});
  }
  ending_ = closes;
  return reply;
}

std::string HttpClient::receive_some() {
  if (pending_.empty()) fill();
  return std::exchange(pending_, {});
}

bool HttpClient::closed_by_server() {
  if (fd_ < 0) return true;
  while (true) {
    char block[4096];
    const ssize_t count = recv(fd_, block, sizeof(block), 0);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) return true;
    if (count < 0) return false;
  }
}

}  // namespace test
