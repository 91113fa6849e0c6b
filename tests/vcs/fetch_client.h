// The client's half of a fetch for tests: requests made line by line, answers taken apart, packs
// checked by the real git.
//
//   const std::string body = FetchLines().want(tip).done().v2();
//   const FetchAnswer answer = read_answer_v2(TAKE(serve(upload_pack, WireVersion::v2, body)));
//   EXPECT_EQ(objects_in(answer.pack), reachable(repository, {tip}));
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/git.h"
#include "vcs/upload_pack.h"

namespace test {

using Names = std::set<std::string>;  // hexadecimal object ids

class FetchLines {
 public:
  FetchLines& line(const std::string& text) { return lines_.push_back(text), *this; }
  FetchLines& want(const std::string& id) { return line("want " + id); }
  FetchLines& have(const std::string& id) { return line("have " + id); }
  FetchLines& done() { return line("done"); }

  // A fetch command of v2 with these arguments.
  std::string v2() const;
  // v0: capabilities behind the first want; haves and done after the flush.
  std::string v0(const std::string& capabilities) const;

 private:
  std::vector<std::string> lines_;
};

struct FetchAnswer {
  std::vector<std::string> lines;  // before the pack; "--" for a delimiter, "==" for a flush
  std::string pack;
  std::string progress;
  std::string fatal;
};

// The answer of our own server, or of git's.
std::string serve(const vcs::UploadPack& upload_pack, vcs::WireVersion version,
                  const std::string& body);
std::string serve_by_git(const TestRepository& repository, vcs::WireVersion version,
                         const std::string& body);

FetchAnswer read_answer_v2(std::string_view response);
// v0 with side-band-64k.
FetchAnswer read_answer_v0(std::string_view response);

// Checks a pack with `git index-pack` and lists what is in it. A whole pack holds all that its
// objects name; any pack stands for itself: no delta's base is missing.
enum class Pack { part, whole };
Names objects_in(const std::string& pack, Pack extent = Pack::part);
// `git rev-list --objects` of these arguments.
Names reachable(const TestRepository& repository, std::vector<std::string> arguments);

}  // namespace test
