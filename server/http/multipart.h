// multipart/form-data (RFC 7578) as a stream: parts go to the caller while they arrive, memory
// stays constant however large a file is.
//
//   const std::string boundary = TRY(boundary_of(*request.headers.find("content-type")));
//   TRY(read_multipart(request, boundary, {
//       .begin = [&](const Part& part) { return open_file_for(part.file_name); },
//       .data = [&](std::string_view bytes) { return file.write(bytes); },
//       .end = [&] { return file.finish(); }}));
//
// A file name is what the client claims, cut to its last path component: never use it as a path.
// Errors are Code::invalid (with what was malformed), Code::limit, or the sink's own. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/headers.h"
#include "server/http/request.h"

namespace server::http {

struct Part {
  std::string name;
  std::optional<std::string> file_name;  // UTF-8; from filename* or filename, without directories
  std::string media_type;                // lower case; "text/plain" if none is given
  Headers headers;
};

struct MultipartSink {
  std::function<base::Result<void>(const Part&)> begin = {};
  std::function<base::Result<void>(std::string_view)> data = {};
  std::function<base::Result<void>()> end = {};
};

struct MultipartLimits {
  size_t parts = 10'000;
  size_t header_bytes = 8 << 10;  // of one part
  size_t preamble_bytes = 8 << 10;
};

// The boundary of a Content-Type: 1 to 70 characters of RFC 2046's set.
base::Result<std::string> boundary_of(std::string_view content_type);

// Push parser: feed the body in pieces of any size, then finish().
class MultipartParser {
 public:
  MultipartParser(std::string_view boundary, MultipartSink sink, MultipartLimits limits = {});
  ~MultipartParser();
  MultipartParser(MultipartParser&&) noexcept;
  base::Result<void> feed(std::string_view bytes);
  // Code::invalid unless the closing boundary has come.
  base::Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads the request's whole body through a parser.
base::Result<void> read_multipart(Request& request, std::string_view boundary, MultipartSink sink,
                                  MultipartLimits limits = {});

}  // namespace server::http
