#include "server/http/detail/sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>

#include "base/text.h"

namespace server::http::detail {
namespace {

struct LocalSocket {
  int fd;
  bool listening;
  uint32_t address;
};

void for_each_descriptor(const std::function<void(int)>& action) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    if (const auto fd = base::parse_integer(entry->d_name)) action(static_cast<int>(*fd));
  }
}

// Calls with each IPv4 socket of this process whose own port it is. Ends of connections that this
// process made to the port have another own port.
void for_each_socket(uint16_t port, const std::function<void(const LocalSocket&)>& action) {
  for_each_descriptor([&](int fd) {
    sockaddr_in name{};
    socklen_t size = sizeof(name);
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return;
    if (name.sin_family != AF_INET || ntohs(name.sin_port) != port) return;
    int listening = 0;
    size = sizeof(listening);
    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size);
    action({fd, listening != 0, ntohl(name.sin_addr.s_addr)});
  });
}

}  // namespace

base::Result<ClosedListener> ClosedListener::close_listener(uint32_t address, uint16_t port) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return base::system_error("pipe", "stop");
  const base::UniqueFd read_end(ends[0]);
  ClosedListener out;
  out.write_end_.reset(ends[1]);
  for_each_socket(port, [&](const LocalSocket& socket) {
    if (!socket.listening || socket.address != address) return;
    shutdown(socket.fd, SHUT_RDWR);
    // By the bare call: the library closes the descriptor after it has seen its own stop flag, an
    // order that ThreadSanitizer cannot see and would report.
    syscall(SYS_dup3, read_end.get(), socket.fd, O_CLOEXEC);
  });
  return out;
}

void ClosedListener::wake() {
  [[maybe_unused]] const ssize_t written = ::write(write_end_.get(), "", 1);
}

void end_reading_on_port(uint16_t port) {
  for_each_socket(port, [](const LocalSocket& socket) {
    if (!socket.listening) shutdown(socket.fd, SHUT_RD);
  });
}

void cut_connection(const Client& client) {
  for_each_socket(client.server_port, [&](const LocalSocket& socket) {
    sockaddr_in name{};
    socklen_t size = sizeof(name);
    if (getpeername(socket.fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return;
    char address[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &name.sin_addr, address, sizeof(address));
    if (ntohs(name.sin_port) == client.port && client.address == address) {
      shutdown(socket.fd, SHUT_RDWR);
    }
  });
}

}  // namespace server::http::detail
