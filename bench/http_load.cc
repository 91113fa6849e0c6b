// Plays recorded HTTP requests on kept connections, and says how long each took.
//
//   http_load_bench HOST PORT [--connections N] [--repeat R] [--save FILE] SCRIPT...
//
// A script is a file of requests as they go over the wire, each after a line with its length in
// bytes. Connection i plays script i modulo their number R times; all begin at once. Printed is one
// JSON object: seconds and processor seconds of this program, statuses, bytes of bodies, and for
// each script of each connection the milliseconds of its requests, of all together, and to the
// first byte of a pack (0: there was none). --save keeps the body of the first connection's last
// reply, dechunked.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Options {
  std::string host, port, save;
  unsigned connections = 1, repeat = 1;
  std::vector<std::vector<std::string>> scripts;
};

struct Reply {
  int status = 0;
  bool closes = false;
  uint64_t bytes = 0;
  double first_pack_byte = 0;  // milliseconds since the request was sent
};

class Connection {
 public:
  explicit Connection(const Options& options) : options_(options) {}
  ~Connection() { close(); }

  void open() {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(options_.host.c_str(), options_.port.c_str(), &hints, &found) != 0) {
      throw std::runtime_error("no such host");
    }
    fd_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int connected = ::connect(fd_, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    if (connected != 0) throw std::runtime_error("cannot connect");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }

  // The body goes to `body`, if there is one.
  Reply exchange(const std::string& request, std::string* body) {
    if (fd_ < 0) open();
    sent_ = Clock::now();
    send(request);
    Reply reply = read_head();
    body_ = body;
    if (body != nullptr) body->clear();
    tail_.clear();
    if (chunked_) {
      while (const size_t size = std::strtoul(line().c_str(), nullptr, 16)) {
        take(size, reply);
        line();
      }
      line();
    } else {
      take(length_, reply);
    }
    if (reply.closes) close();
    return reply;
  }

 private:
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    begin_ = end_ = 0;
  }

  void send(const std::string& request) {
    for (size_t done = 0; done < request.size();) {
      const ssize_t sent = ::send(fd_, request.data() + done, request.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the server does not take the request");
      done += static_cast<size_t>(sent);
    }
  }

  void fill() {
    const ssize_t got = ::recv(fd_, buffer_, sizeof(buffer_), 0);
    if (got <= 0) throw std::runtime_error("the server closed inside a reply");
    begin_ = 0;
    end_ = static_cast<size_t>(got);
  }

  std::string line() {
    std::string out;
    for (;;) {
      if (begin_ == end_) fill();
      const char c = buffer_[begin_++];
      if (c == '\n') return out;
      if (c != '\r') out += c;
    }
  }

  Reply read_head() {
    Reply reply;
    const std::string first = line();
    reply.status = first.size() > 12 ? std::atoi(first.c_str() + 9) : 0;
    chunked_ = false;
    length_ = 0;
    for (std::string header = line(); !header.empty(); header = line()) {
      for (char& c : header) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (header.starts_with("content-length:")) length_ = std::strtoull(&header[15], nullptr, 10);
      if (header == "transfer-encoding: chunked") chunked_ = true;
      if (header == "connection: close") reply.closes = true;
    }
    return reply;
  }

  void take(size_t size, Reply& reply) {
    while (size > 0) {
      if (begin_ == end_) fill();
      const size_t part = std::min(size, end_ - begin_);
      const std::string_view piece(buffer_ + begin_, part);
      if (reply.first_pack_byte == 0) look_for_pack(piece, reply);
      if (body_ != nullptr) body_->append(piece);
      reply.bytes += part;
      begin_ += part;
      size -= part;
    }
  }

  // A pack begins on band 1; the bytes may come in two pieces.
  void look_for_pack(std::string_view piece, Reply& reply) {
    tail_.append(piece);
    if (tail_.find("\1PACK") != std::string::npos) {
      reply.first_pack_byte = milliseconds_since(sent_);
    }
    if (tail_.size() > 4) tail_.erase(0, tail_.size() - 4);
  }

  const Options& options_;
  int fd_ = -1;
  bool chunked_ = false;
  uint64_t length_ = 0;
  Clock::time_point sent_;
  std::string* body_ = nullptr;
  std::string tail_;
  size_t begin_ = 0, end_ = 0;
  char buffer_[1 << 16];
};

// What one connection did.
struct Played {
  std::vector<std::vector<double>> requests;  // milliseconds, one row a turn
  std::vector<double> turns, first_pack_byte;
  std::map<int, uint64_t> statuses;
  uint64_t bytes = 0;
  std::string last_body, error;
};

void play_once(Connection& connection, const std::vector<std::string>& script, bool keep,
               Played& out) {
  const auto begin = Clock::now();
  std::vector<double> times;
  double first_pack_byte = 0;
  for (const std::string& request : script) {
    const auto start = Clock::now();
    const Reply reply = connection.exchange(request, keep ? &out.last_body : nullptr);
    times.push_back(milliseconds_since(start));
    ++out.statuses[reply.status];
    out.bytes += reply.bytes;
    if (reply.first_pack_byte > 0) first_pack_byte = reply.first_pack_byte;
  }
  out.turns.push_back(milliseconds_since(begin));
  out.requests.push_back(std::move(times));
  out.first_pack_byte.push_back(first_pack_byte);
}

void play(const Options& options, unsigned number, std::barrier<>& all_connected, Played& out) {
  const auto connection = std::make_unique<Connection>(options);
  try {
    connection->open();
  } catch (const std::exception& failure) {
    out.error = failure.what();
  }
  all_connected.arrive_and_wait();
  if (!out.error.empty()) return;
  try {
    for (unsigned turn = 0; turn < options.repeat; ++turn) {
      const bool keep = !options.save.empty() && number == 0 && turn + 1 == options.repeat;
      play_once(*connection, options.scripts[number % options.scripts.size()], keep, out);
    }
  } catch (const std::exception& failure) {
    out.error = failure.what();
  }
}

std::vector<std::string> read_script(const std::string& path) {
  const std::string text = MUST(base::read_file(path));
  std::vector<std::string> requests;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const size_t length = std::strtoul(text.c_str() + at, nullptr, 10);
    requests.push_back(text.substr(end + 1, length));
    at = end + 1 + length;
  }
  return requests;
}

Options read_options(int argc, char** argv) {
  Options options;
  options.host = argv[1];
  options.port = argv[2];
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--connections" && has_value) {
      options.connections = static_cast<unsigned>(std::atoi(argv[++i]));
    } else if (word == "--repeat" && has_value) {
      options.repeat = static_cast<unsigned>(std::atoi(argv[++i]));
    } else if (word == "--save" && has_value) {
      options.save = argv[++i];
    } else {
      options.scripts.push_back(read_script(word));
    }
  }
  return options;
}

std::string list_of(const std::vector<double>& numbers) {
  std::string out = "[";
  char text[32];
  for (const double number : numbers) {
    std::snprintf(text, sizeof(text), "%s%.4f", out.size() > 1 ? "," : "", number);
    out += text;
  }
  return out + "]";
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Played joined(std::vector<Played>& all) {
  Played sum;
  for (Played& one : all) {
    for (auto& row : one.requests) sum.requests.push_back(std::move(row));
    sum.turns.insert(sum.turns.end(), one.turns.begin(), one.turns.end());
    sum.first_pack_byte.insert(sum.first_pack_byte.end(), one.first_pack_byte.begin(),
                               one.first_pack_byte.end());
    for (const auto& [status, count] : one.statuses) sum.statuses[status] += count;
    sum.bytes += one.bytes;
    if (sum.error.empty()) sum.error = one.error;
  }
  return sum;
}

void print(const Played& sum, double seconds) {
  std::printf("{\"seconds\":%.6f,\"processor_seconds\":%.6f,\"bytes\":%llu,\"error\":\"%s\",",
              seconds, processor_seconds(), static_cast<unsigned long long>(sum.bytes),
              sum.error.c_str());
  std::string statuses, rows;
  for (const auto& [status, count] : sum.statuses) {
    statuses +=
        (statuses.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
  }
  for (const auto& row : sum.requests) rows += (rows.empty() ? "" : ",") + list_of(row);
  std::printf("\"statuses\":{%s},\"turns\":%s,\"first_pack_byte\":%s,\"requests\":[%s]}\n",
              statuses.c_str(), list_of(sum.turns).c_str(), list_of(sum.first_pack_byte).c_str(),
              rows.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "usage: http_load_bench HOST PORT [--connections N] [--repeat R] [--save FILE] "
                 "SCRIPT...\n");
    return 2;
  }
  const Options options = read_options(argc, argv);
  std::vector<Played> played(options.connections);
  std::vector<std::thread> threads;
  std::barrier all_connected(static_cast<std::ptrdiff_t>(options.connections) + 1);
  for (unsigned i = 0; i < options.connections; ++i) {
    threads.emplace_back([&, i] { play(options, i, all_connected, played[i]); });
  }
  all_connected.arrive_and_wait();
  const auto start = Clock::now();
  for (std::thread& thread : threads) thread.join();
  const double seconds = milliseconds_since(start) / 1000;
  if (!options.save.empty()) MUST(base::write_file_durably(options.save, played[0].last_body));
  print(joined(played), seconds);
  return 0;
}
