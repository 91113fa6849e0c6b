// A repository with a made-up history, served by our upload-pack; git answers the same requests for
// comparison (fetch_client.h).
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/result_matchers.h"
#include "tests/vcs/fetch_client.h"
#include "vcs/upload_pack.h"

namespace vcs {

using test::FetchAnswer;
using test::FetchLines;
using test::Names;

inline constexpr WireVersion kV0 = WireVersion::v0;
inline constexpr WireVersion kV2 = WireVersion::v2;
inline constexpr const char* kCapabilities =
    "multi_ack_detailed side-band-64k ofs-delta no-progress";

// A history of three branches with merges and tags; packed and then grown, so that objects lie in
// several packs and loose.
struct UploadPackTest : testing::Test {
  test::TestRepository git;

  UploadPackTest() {
    git.git({"fast-import", "--quiet", "--done"}, test::random_history(7, 60));
    git.git({"repack", "-adfq", "--depth=20"});
    git.commit({{"d0/new", "fresh\n"}});
    git.git({"repack", "-dq"});
    git.git(
        {"update-ref", "refs/heads/b1",
         git.git({"commit-tree", "-p", "refs/heads/b1", "-m", "loose", "refs/heads/b1^{tree}"})});
  }

  UploadPack open(UploadPolicy policy = {}) {
    return UploadPack(TAKE(Repository::open(git.path())), std::move(policy));
  }
  std::string id(const std::string& name) { return git.git({"rev-parse", name}); }
  FetchAnswer fetch(const FetchLines& lines) {
    return test::read_answer_v2(test::serve(open(), kV2, lines.v2()));
  }
  FetchAnswer fetch_v0(const FetchLines& lines, const std::string& capabilities = kCapabilities) {
    return test::read_answer_v0(test::serve(open(), kV0, lines.v0(capabilities)));
  }
  std::vector<std::string> all_tips() {
    const std::string list = git.git({"for-each-ref", "--format=%(objectname)"});
    std::vector<std::string> out;
    for (const auto line : base::split(list, '\n')) out.emplace_back(line);
    return out;
  }
  FetchLines want_all() {
    FetchLines lines;
    for (const std::string& tip : all_tips()) lines.want(tip);
    return lines;
  }
  std::string ls_refs(const std::vector<std::string>& arguments, UploadPolicy policy = {}) {
    return test::serve(open(std::move(policy)), kV2, ls_refs_body(arguments));
  }
  static std::string ls_refs_body(const std::vector<std::string>& arguments) {
    std::string body;
    append_pkt(body, "command=ls-refs\n");
    append_delimiter(body);
    for (const std::string& argument : arguments) append_pkt(body, argument + '\n');
    append_flush(body);
    return body;
  }
};

}  // namespace vcs
