#include "server/http/multipart.h"

#include <algorithm>

#include "base/text.h"
#include "server/http/url.h"

namespace server::http {
namespace {

constexpr size_t kBlock = 64 << 10;

base::Error bad(std::string what) {
  return {base::Code::invalid, "multipart: " + std::move(what), {}};
}
base::Error too_much(std::string what) {
  return {base::Code::limit, "multipart: " + std::move(what), {}};
}

bool is_boundary(std::string_view text) {
  constexpr std::string_view kSpecial = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kSpecial.find(c) != kSpecial.npos;
         });
}

// Browsers of old sent whole paths; what stands behind the last separator is the name.
std::string last_component(std::string_view name) {
  const size_t separator = name.find_last_of("/\\");
  return std::string(separator == name.npos ? name : name.substr(separator + 1));
}

// Browsers escape only these three bytes in names (HTML living standard, multipart/form-data).
std::string unescape_name(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = text.substr(i, 3);
    if (escape == "%22" || escape == "%0D" || escape == "%0A") {
      out += escape == "%22" ? '"' : escape == "%0D" ? '\r' : '\n';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// RFC 8187: UTF-8'en'%e2%82%ac.txt
base::Result<std::string> decode_extended(std::string_view text) {
  const size_t first = text.find('\'');
  const size_t second = first == text.npos ? first : text.find('\'', first + 1);
  if (second == text.npos) return bad("a malformed filename*");
  if (!equal_ignoring_case(text.substr(0, first), "utf-8")) {
    return bad("a filename* that is not UTF-8");
  }
  return percent_decode(text.substr(second + 1));
}

base::Result<std::optional<std::string>> file_name_of(const std::string& disposition) {
  std::optional<std::string> name;
  if (const auto extended = parameter_of(disposition, "filename*")) {
    name = TRY(decode_extended(*extended));
  } else if (const auto plain = parameter_of(disposition, "filename")) {
    name = unescape_name(*plain);
  }
  if (!name) return name;
  if (!base::is_utf8(*name)) return bad("a file name that is not UTF-8");
  return std::optional(last_component(*name));
}

base::Result<void> add_header(Headers& headers, std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == line.npos || colon == 0 || line[0] == ' ' || line[0] == '\t') {
    return bad("a malformed header line in a part");
  }
  if (!is_header_value(line)) return bad("a control character in a part's header");
  headers.add(std::string(base::trim(line.substr(0, colon))),
              std::string(base::trim(line.substr(colon + 1))));
  return {};
}

// `block`: the header lines, each ended by CRLF.
base::Result<Part> parse_part(std::string_view block) {
  Part part;
  while (!block.empty()) {
    const size_t end = block.find("\r\n");
    TRY(add_header(part.headers, block.substr(0, end)));
    block.remove_prefix(end + 2);
  }
  const std::string* disposition = part.headers.find("content-disposition");
  if (!disposition || media_type_of(*disposition) != "form-data") {
    return bad("a part without Content-Disposition: form-data");
  }
  const auto name = parameter_of(*disposition, "name");
  if (!name) return bad("a part without a name");
  part.name = unescape_name(*name);
  if (!base::is_utf8(part.name)) return bad("a part's name that is not UTF-8");
  part.file_name = TRY(file_name_of(*disposition));
  part.media_type = media_type_of(part.headers.value_or("content-type", "text/plain"));
  return part;
}

}  // namespace

base::Result<std::string> boundary_of(std::string_view content_type) {
  if (media_type_of(content_type) != "multipart/form-data") {
    return bad("the body is not multipart/form-data");
  }
  const auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || !is_boundary(*boundary)) return bad("a missing or malformed boundary");
  return *boundary;
}

// A line "--boundary" ends the preamble and every part. It is searched for with the CRLF in front,
// which the buffer is given at the start, so that a body without preamble needs no case of its own.
// The buffer holds at most one fed piece and the tail that might be the begin of a delimiter.
struct MultipartParser::State {
  enum class Phase { preamble, after_delimiter, headers, data, epilogue };

  MultipartSink sink;
  MultipartLimits limits;
  std::string delimiter;  // CRLF "--" boundary
  std::string buffer = "\r\n";
  Phase phase = Phase::preamble;
  size_t parts = 0;
  size_t preamble = 0;

  base::Result<void> run();
  base::Result<bool> step();
  base::Result<bool> skip_preamble();
  base::Result<bool> read_after_delimiter();
  base::Result<bool> read_headers();
  base::Result<bool> read_data();
  size_t length_before_delimiter() const;
};

// How much of the buffer is surely in front of any delimiter.
size_t MultipartParser::State::length_before_delimiter() const {
  size_t keep = std::min(buffer.size(), delimiter.size() - 1);
  while (keep > 0 && buffer.compare(buffer.size() - keep, keep, delimiter, 0, keep) != 0) --keep;
  return buffer.size() - keep;
}

base::Result<bool> MultipartParser::State::skip_preamble() {
  const size_t found = buffer.find(delimiter);
  const size_t skipped = found == buffer.npos ? length_before_delimiter() : found;
  preamble += skipped;
  if (preamble > limits.preamble_bytes) return bad("no boundary at the beginning");
  buffer.erase(0, found == buffer.npos ? skipped : skipped + delimiter.size());
  if (found != buffer.npos) phase = Phase::after_delimiter;
  return found != buffer.npos;
}

// "--" ends it all; blanks and CRLF begin a part.
base::Result<bool> MultipartParser::State::read_after_delimiter() {
  if (buffer.size() >= 2 && buffer.compare(0, 2, "--") == 0) {
    buffer.clear();
    phase = Phase::epilogue;
    return true;
  }
  const size_t text = buffer.find_first_not_of(" \t");
  if (text == buffer.npos || buffer.size() - text < 2) {
    if (buffer.size() > limits.header_bytes) return bad("a boundary line that does not end");
    return false;
  }
  if (buffer.compare(text, 2, "\r\n") != 0) return bad("a boundary line with other text behind");
  if (++parts > limits.parts) {
    return too_much("more than " + std::to_string(limits.parts) + " parts");
  }
  buffer.erase(0, text + 2);
  phase = Phase::headers;
  return true;
}

base::Result<bool> MultipartParser::State::read_headers() {
  if (buffer.compare(0, 2, "\r\n") == 0) return bad("a part without headers");
  const size_t end = buffer.find("\r\n\r\n");
  if (end == buffer.npos && buffer.size() <= limits.header_bytes) return false;
  if (end == buffer.npos || end > limits.header_bytes) {
    return too_much("a part's headers are larger than " + std::to_string(limits.header_bytes) +
                    " bytes");
  }
  const Part part = TRY(parse_part(std::string_view(buffer).substr(0, end + 2)));
  buffer.erase(0, end + 4);
  if (sink.begin) TRY(sink.begin(part));
  phase = Phase::data;
  return true;
}

base::Result<bool> MultipartParser::State::read_data() {
  const size_t found = buffer.find(delimiter);
  const size_t size = found == buffer.npos ? length_before_delimiter() : found;
  if (size > 0 && sink.data) TRY(sink.data(std::string_view(buffer).substr(0, size)));
  if (found == buffer.npos) {
    buffer.erase(0, size);
    return false;
  }
  buffer.erase(0, size + delimiter.size());
  if (sink.end) TRY(sink.end());
  phase = Phase::after_delimiter;
  return true;
}

base::Result<bool> MultipartParser::State::step() {
  switch (phase) {
    case Phase::preamble:
      return skip_preamble();
    case Phase::after_delimiter:
      return read_after_delimiter();
    case Phase::headers:
      return read_headers();
    case Phase::data:
      return read_data();
    case Phase::epilogue:
      break;
  }
  buffer.clear();
  return false;
}

base::Result<void> MultipartParser::State::run() {
  while (TRY(step())) {
  }
  return {};
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartSink sink,
                                 MultipartLimits limits)
    : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
  state_->limits = limits;
  state_->delimiter = "\r\n--" + std::string(boundary);
}
MultipartParser::~MultipartParser() = default;
MultipartParser::MultipartParser(MultipartParser&&) noexcept = default;

base::Result<void> MultipartParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBlock);
    state_->buffer += piece;
    TRY(state_->run());
    bytes.remove_prefix(piece.size());
  }
  return {};
}

base::Result<void> MultipartParser::finish() {
  if (state_->phase != State::Phase::epilogue) return bad("the body ends before its last boundary");
  return {};
}

base::Result<void> read_multipart(Request& request, std::string_view boundary, MultipartSink sink,
                                  MultipartLimits limits) {
  MultipartParser parser(boundary, std::move(sink), limits);
  std::string block(kBlock, '\0');
  while (const size_t count = TRY(request.read(block.data(), block.size()))) {
    TRY(parser.feed(std::string_view(block).substr(0, count)));
  }
  return parser.finish();
}

}  // namespace server::http
