// What the verbs that speak to a server have in common: where it is, and the token.
#pragma once

#include <string>

#include "server/cli/command_line.h"
#include "server/client/remote.h"

namespace server::cli {

struct RemoteWishes {
  std::string url;
  std::string token_file;
  std::string authorities;
};

void declare_remote(Options& options, RemoteWishes& wishes);
// For a verb that can do without a server, too.
void declare_optional_remote(Options& options, RemoteWishes& wishes);
base::Result<client::Remote> remote_of(const RemoteWishes& wishes);

// Says what went wrong and gives the exit status: 2 for what was asked wrongly, 75 where trying
// again may help, else 1.
int fail_remotely(const base::Error& error);

// One line on a terminal that is written over; nothing where nobody watches.
void show_line(const std::string& text);
void clear_line();
// "12.3 MB"
std::string size_text(uint64_t bytes);

}  // namespace server::cli
