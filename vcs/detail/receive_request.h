// The head of a push: commands, capabilities, push options, up to where the pack begins
// (gitprotocol-pack, "Reference Update Request"). Bounded in every dimension.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vcs/pkt_line.h"
#include "vcs/receive_pack.h"

namespace vcs {

struct ReceiveRequest {
  std::vector<RefCommand> commands;
  std::vector<ObjectId> shallow;     // commits that the client has without their parents
  std::vector<std::string> options;  // of `git push -o`

  bool report_status = false;
  bool report_status_v2 = false;
  bool side_band = false;
  bool atomic = false;
  bool quiet = false;
  bool push_options = false;

  bool is_probe() const { return commands.empty() && shallow.empty(); }
  // A pack follows unless every command deletes.
  bool has_pack() const;
  bool operator==(const ReceiveRequest&) const = default;
};

// Reads from `packets` and leaves the pack's first byte unread. Code::invalid for what no client
// of git sends, Code::limit beyond a limit. Whatever could be read of the capabilities is in
// `request` also after an error: they say how to answer.
base::Result<void> read_receive_request(PktStream& packets, const ReceiveLimits& limits,
                                        ReceiveRequest& request);

}  // namespace vcs
