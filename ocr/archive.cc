#include "ocr/archive.h"

#include "ocr/detail/worker.h"

namespace ocr {
namespace {

using detail::Frame;
using detail::StreamStep;

base::Json request_of(const ArchiveLimits& limits) {
  return base::Json::object({{"verb", "archive"},
                             {"entries", limits.entries},
                             {"entry_bytes", limits.entry_bytes},
                             {"total_bytes", limits.total_bytes},
                             {"ratio", limits.ratio}});
}

// The worker counts too, but it is not believed.
class Receiver {
 public:
  Receiver(const ArchiveLimits& limits, const ArchiveEvents& events)
      : limits_(limits), events_(events) {}

  // False when the last step has come.
  base::Result<bool> take(const StreamStep& step, std::string_view bytes) {
    switch (step.kind) {
      case StreamStep::Kind::begin:
        return begin(step.name);
      case StreamStep::Kind::bytes:
        return more(bytes);
      case StreamStep::Kind::end:
        return end();
      case StreamStep::Kind::failed:
        reading_.failure = step.failure;
        return false;
      case StreamStep::Kind::done:
        break;
    }
    if (open_) return out_of_turn();
    reading_.skipped = step.skipped;
    return false;
  }
  ArchiveReading& reading() { return reading_; }

 private:
  static base::Error out_of_turn() {
    return {base::Code::invalid, "a worker's answer is malformed: out of turn"};
  }
  base::Result<bool> begin(const std::string& name) {
    if (open_ || ++begun_ > limits_.entries) return out_of_turn();
    open_ = true;
    size_ = 0;
    TRY(events_.begin({begun_, name}));
    return true;
  }
  base::Result<bool> more(std::string_view bytes) {
    size_ += bytes.size();
    total_ += bytes.size();
    if (!open_ || size_ > limits_.entry_bytes || total_ > limits_.total_bytes) return out_of_turn();
    TRY(events_.bytes(bytes));
    return true;
  }
  base::Result<bool> end() {
    if (!open_) return out_of_turn();
    open_ = false;
    ++reading_.entries;
    TRY(events_.end());
    return true;
  }

  const ArchiveLimits& limits_;
  const ArchiveEvents& events_;
  ArchiveReading reading_;
  bool open_ = false;
  uint32_t begun_ = 0;
  uint64_t size_ = 0;
  uint64_t total_ = 0;
};

}  // namespace

base::Result<ArchiveReading> read_archive(WorkerPool& pool, int input, const ArchiveLimits& limits,
                                          const ArchiveEvents& events) {
  auto lease = TRY(pool.lease("eng"));
  Receiver receiver(limits, events);
  const auto asked = lease->ask(request_of(limits), input);
  bool more = asked.ok();
  while (more) {
    const auto frame = lease->next();
    if (!frame.ok()) break;
    const auto step = detail::parse_stream_step(frame->json);
    auto taken = step.ok() ? receiver.take(*step, frame->bytes) : base::Result<bool>(step.error());
    if (!taken.ok()) {
      lease->abandon();  // what it still says is no answer to the next request
      return std::move(taken).error();
    }
    more = *taken;
  }
  if (!lease->healthy()) receiver.reading().failure = detail::failure_of(lease->ending());
  return receiver.reading();
}

}  // namespace ocr
