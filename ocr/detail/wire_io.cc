// Frames over a socket, blocking: requests from the server, everything on the worker's side.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "ocr/detail/wire.h"

namespace ocr::detail {
namespace {

union ControlBuffer {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

// The first bytes of a request take the descriptor along.
base::Result<void> send_with_fd(int socket, std::string_view text, int passed) {
  iovec part = {const_cast<char*>(text.data()), text.size()};
  ControlBuffer control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (passed >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &passed, sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent != static_cast<ssize_t>(text.size())) return base::system_error("send a frame", "");
  return {};
}

base::Result<void> send_text(int socket, std::string_view text) {
  while (!text.empty()) {
    iovec part = {const_cast<char*>(text.data()), text.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return base::system_error("send a frame", "");
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return {};
}

base::UniqueFd fd_in(msghdr& message) {
  for (cmsghdr* h = CMSG_FIRSTHDR(&message); h != nullptr; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(h), sizeof(int));
    return base::UniqueFd(fd);
  }
  return {};
}

// Fills `text`; 0 bytes at the very beginning are the end of the conversation.
base::Result<bool> receive_text(int socket, char* text, size_t size, base::UniqueFd* passed) {
  size_t have = 0;
  while (have < size) {
    iovec part = {text + have, size - have};
    ControlBuffer control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::system_error("receive a frame", "");
    if (base::UniqueFd fd = fd_in(message); fd && passed != nullptr) *passed = std::move(fd);
    if (got == 0 && have == 0) return false;
    if (got == 0) return base::Error{base::Code::io, "a frame ended early"};
    have += static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

base::Result<void> send_frame(int socket, const base::Json& json, std::string_view bytes,
                              int passed) {
  const std::string text = json.print();
  if (text.size() > kJsonCap || bytes.size() > kBytesCap) {
    return base::Error{base::Code::limit, "a frame is too large"};
  }
  const FrameSizes sizes{static_cast<uint32_t>(text.size()), static_cast<uint32_t>(bytes.size())};
  TRY(send_with_fd(socket, print_frame_header(sizes), passed));
  TRY(send_text(socket, text));
  return send_text(socket, bytes);
}

base::Result<std::optional<ReceivedRequest>> receive_request(int socket) {
  std::string header(kFrameHeader, '\0');
  ReceivedRequest request;
  if (!TRY(receive_text(socket, header.data(), header.size(), &request.input))) {
    return std::optional<ReceivedRequest>();
  }
  const FrameSizes sizes = TRY(parse_frame_header(header));
  std::string text(sizes.json, '\0');
  if (!TRY(receive_text(socket, text.data(), text.size(), nullptr))) {
    return base::Error{base::Code::io, "a frame ended early"};
  }
  request.json = TRY(base::parse_json(text));
  return std::optional<ReceivedRequest>(std::move(request));
}

}  // namespace ocr::detail
