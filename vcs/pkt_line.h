// Git's wire framing (gitprotocol-common): four hexadecimal digits of length, then the payload.
// 0000 is a flush, 0001 a delimiter, 0002 the end of a response.
//
//   std::string out;
//   append_pkt(out, "version 2\n");
//   append_flush(out);
//
//   PktReader reader(body);
//   while (auto packet = TRY(reader.next())) if (packet->is_flush()) break;
//
// A malformed length is Code::invalid. Views point into the reader's input. One thread each.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vcs {

// Takes bytes of a response; an error (the client has gone) stops the producer.
using Sink = std::function<base::Result<void>(std::string_view)>;
// Fills the buffer with what there is and says how much; 0 at the end.
using Source = std::function<base::Result<size_t>(char* buffer, size_t size)>;

inline constexpr size_t kMaxPktPayload = 65516;   // 65,520 with the length
inline constexpr size_t kMaxBandPayload = 65515;  // one byte less, for the band's number

// The payload must not be longer than kMaxPktPayload.
void append_pkt(std::string& out, std::string_view payload);
inline void append_flush(std::string& out) {
  out += "0000";
}
inline void append_delimiter(std::string& out) {
  out += "0001";
}

struct Packet {
  enum class Kind { data, flush, delimiter, response_end };
  Kind kind = Kind::data;
  std::string_view payload;

  bool is_data() const { return kind == Kind::data; }
  bool is_flush() const { return kind == Kind::flush; }
  bool is_delimiter() const { return kind == Kind::delimiter; }
  // The payload as a line: without one final '\n'.
  std::string_view line() const {
    return payload.ends_with('\n') ? payload.substr(0, payload.size() - 1) : payload;
  }
};

// Over a body that is in memory as a whole.
class PktReader {
 public:
  explicit PktReader(std::string_view body) : rest_(body) {}
  // Nothing at the end of the body.
  base::Result<std::optional<Packet>> next();
  // What was not read yet: after the last flush, for instance, a pack.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Over a body that arrives: takes not one byte beyond the packets asked for.
class PktStream {
 public:
  explicit PktStream(Source source) : source_(std::move(source)) {}
  // Nothing at the end; the payload is valid until the next call.
  base::Result<std::optional<Packet>> next();

 private:
  base::Result<size_t> fill(char* buffer, size_t size);
  Source source_;
  std::string payload_;
};

// Multiplexes a pack, progress and fatal errors (side-band-64k). Gathers packets of data, up to a
// quarter of a megabyte, so that the sink is called seldom; flush_data() or a message of another
// band sends what was gathered.
class SidebandWriter {
 public:
  explicit SidebandWriter(Sink out, size_t payload_limit = kMaxBandPayload)
      : out_(std::move(out)), payload_limit_(payload_limit) {}

  base::Result<void> data(std::string_view bytes);     // band 1
  base::Result<void> progress(std::string_view text);  // band 2: for people
  base::Result<void> fatal(std::string_view text);     // band 3: the client stops
  base::Result<void> keep_alive();                     // an empty packet of band 1
  base::Result<void> flush_data();
  base::Result<void> finish();  // data, then a flush packet

 private:
  base::Result<void> send(char band, std::string_view payload);
  void open_packet(char band);
  void close_packet();

  static constexpr size_t kNoPacket = SIZE_MAX;
  Sink out_;
  size_t payload_limit_;
  std::string block_;               // packets, the last one perhaps not full yet
  size_t open_packet_ = kNoPacket;  // where in the block that one begins
};

}  // namespace vcs
