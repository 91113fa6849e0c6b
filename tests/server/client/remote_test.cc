#include "server/client/remote.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/result_matchers.h"

namespace server::client {
namespace {

using base::Code;

base::HttpAnswer answer(int status, const std::string& body = "") {
  base::HttpAnswer made;
  made.status = status;
  made.body = body;
  return made;
}

TEST(Remote, TellsWhatARefusalMeans) {
  const std::pair<int, Code> expected[] = {
      {400, Code::invalid},  {401, Code::denied},    {403, Code::denied},  {404, Code::not_found},
      {409, Code::conflict}, {410, Code::not_found}, {413, Code::limit},   {429, Code::busy},
      {500, Code::internal}, {503, Code::busy},      {507, Code::no_space}};
  for (const auto& [status, code] : expected)
    EXPECT_EQ(error_of(answer(status)).code, code) << status;
  EXPECT_EQ(error_of(answer(410, "{\"detail\":\"this release was withdrawn: consent\"}")).what,
            "the server answered 410: this release was withdrawn: consent");
  EXPECT_EQ(error_of(answer(502, "<html>")).what, "the server answered 502");
}

TEST(Remote, ATokenComesFromAFileOrTheEnvironment) {
  const auto directory = TAKE(base::TempDir::create());
  const base::Path path = directory.path() / "token";
  const auto fd = TAKE(base::open_file(path, O_WRONLY | O_CREAT));
  TAKE(base::write_all(fd.get(), "from-the-file\nand more\n"));
  ::setenv("GLOSSATOR_TOKEN", "from-the-environment", 1);
  EXPECT_EQ(TAKE(read_token(path)), "from-the-file");
  EXPECT_EQ(TAKE(read_token({})), "from-the-environment");
  ::setenv("GLOSSATOR_TOKEN", "two words", 1);
  EXPECT_EQ(test::code_of(read_token({})), Code::invalid);
  ::unsetenv("GLOSSATOR_TOKEN");
  EXPECT_EQ(test::code_of(read_token({})), Code::invalid);
  EXPECT_EQ(test::code_of(read_token(directory.path() / "none")), Code::not_found);
}

TEST(Remote, AddressesHaveNoDoubleSlash) {
  const Remote remote({.url = "https://host/"});
  EXPECT_EQ(remote.api("/me"), "https://host/api/v1/me");
  EXPECT_EQ(remote.project("acme/claims", "/releases"),
            "https://host/api/v1/projects/acme/claims/releases");
}

TEST(Remote, ProjectsAreNamedByTwoNames) {
  EXPECT_OK(check_project("acme/claims"));
  for (const char* wrong : {"", "acme", "acme/claims/more", "acme/../x", "Acme/claims", "a b/c"}) {
    EXPECT_EQ(test::code_of(check_project(wrong)), Code::invalid) << wrong;
  }
}

TEST(Persist, GoesOnWhileThereIsProgress) {
  int attempts = 0;
  uint64_t moved = 0;
  EXPECT_OK(persist(
      [&]() -> Result<void> {
        ++moved;
        if (++attempts < 9) return base::Error{Code::busy, "cut"};
        return {};
      },
      [&] { return moved; }));
  EXPECT_EQ(attempts, 9);
}

TEST(Persist, GivesUpAtOnceWhereTryingAgainIsVain) {
  int attempts = 0;
  const auto outcome = persist([&]() -> Result<void> {
    ++attempts;
    return base::Error{Code::denied, "no"};
  });
  EXPECT_EQ(test::code_of(outcome), Code::denied);
  EXPECT_EQ(attempts, 1);
}

}  // namespace
}  // namespace server::client
