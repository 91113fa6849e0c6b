// A repository that takes pushes, a client made by git, and the wire between them without a
// network: requests by hand, or by git's own send-pack.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/receive_pack.h"
#include "vcs/repository.h"

namespace vcs {

// What a pusher hears.
struct PushReply {
  std::string wire;    // the response as it is
  std::string report;  // the lines of the report, each ended by '\n'
  std::string text;    // of band 2
  std::string fatal;   // of band 3, or of an ERR packet
};

// What git makes of it.
struct SendPackRun {
  std::string status;  // "ok refs/heads/main\n", "error refs/heads/main reason\n"
  std::string err;
};

struct PushFixture : testing::Test {
  base::TempDir directory = TAKE(base::TempDir::create());
  base::Path path = directory.path() / "project.git";
  std::shared_ptr<Repository> repository = create();
  test::TestRepository client;
  ReceivePolicy policy;
  PushHandlers handlers;
  StepObserver observer;

  std::shared_ptr<Repository> create() const;
  std::string git(std::vector<std::string> arguments) const;  // in the server's repository
  std::string value_of(const std::string& ref) const;  // in the server's; "" if there is none

  // A commit in the client on top of refs/heads/main; gives its id.
  std::string commit(const std::string& path, const std::string& content);
  // Stores an object in the client that git would refuse to make.
  std::string store(const std::string& kind, std::string_view content) const;

  // A pack of these objects of the client.
  std::string pack(const std::vector<std::string>& ids) const;
  // A pack of what `revisions` reach, e.g. {"main", "^old"}.
  std::string pack_of(const std::vector<std::string>& revisions,
                      std::vector<std::string> options = {}) const;
  static std::string command(const std::string& before, const std::string& after,
                             const std::string& ref);
  // Commands as packets, with capabilities on the first, and a flush.
  static std::string head_of(const std::vector<std::string>& commands,
                             const std::string& capabilities = "report-status side-band-64k");

  PushReply send(std::string_view body) const;
  // Pushes by git's send-pack from the client.
  SendPackRun push(std::vector<std::string> refspecs, std::vector<std::string> options = {}) const;
  // Pushes one commit as refs/heads/main; the report.
  std::string push_new(const std::string& tip, const std::string& pack_bytes,
                       const std::string& ref = "refs/heads/main") const;

  void expect_nothing_left() const;  // neither quarantine nor temporary packs
  void expect_sound() const;
};

inline const std::string kZero(40, '0');

}  // namespace vcs
