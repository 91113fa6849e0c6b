// What the pusher hears: progress lines and errors in their bands, the report at the end, and
// while nothing is said for long, empty packets that keep proxies from hanging up.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "vcs/detail/push_commands.h"
#include "vcs/detail/receive_request.h"
#include "vcs/pkt_line.h"

namespace vcs {

// `unpack` is "ok" or a reason. Empty if the client did not ask for a report.
std::string print_report(const ReceiveRequest& request, std::string_view unpack,
                         std::span<const PushedRef> pushed);

// Text from elsewhere as lines for a terminal: without control characters, each ended by '\n'.
std::string as_terminal_lines(std::string_view text);

class PushAnswer {
 public:
  PushAnswer(const Sink& out, const ReceiveRequest& request);
  ~PushAnswer();

  // From now on, a packet every five seconds if nothing else is sent. Call it once the request is
  // read: a client that still sends may not listen.
  void keep_alive();
  base::Result<void> say(std::string_view text);
  base::Result<void> finish(std::string_view report);

 private:
  void beat();
  void stop();

  const Sink& out_;
  const ReceiveRequest& request_;
  SidebandWriter bands_;
  std::mutex mutex_;  // over bands_ and is_over_
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread heart_;
};

// The answer to a request that cannot be understood: the last thing that is sent.
base::Result<void> answer_malformed(const Sink& out, const ReceiveRequest& request,
                                    std::string_view what);

}  // namespace vcs
