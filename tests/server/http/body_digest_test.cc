#include "server/http/body_digest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

// A request whose body arrives in pieces of `step` bytes.
struct Sent {
  Sent(std::string body, std::string type, size_t step) : content(std::move(body)) {
    request.content_length = content.size();
    request.headers.set("Content-Type", std::move(type));
    request.body = [this, step](char* buffer, size_t size) -> base::Result<size_t> {
      const size_t count = std::min({step, size, content.size() - at});
      std::memcpy(buffer, content.data() + at, count);
      at += count;
      return count;
    };
  }
  std::string content;
  size_t at = 0;
  Request request;
};

base::Sha256 digest_of(const std::string& body, const std::string& type = "image/png",
                       size_t step = 1000) {
  Sent sent(body, type, step);
  return TAKE(BodyDigest(sent.request).finish());
}

base::Sha256 digest_of_form(const std::string& boundary, const std::vector<std::string>& parts,
                            size_t step = 1000) {
  std::string body;
  for (const std::string& part : parts) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + part +
            "\r\n";
  }
  body += "--" + boundary + "--\r\n";
  return digest_of(body, "multipart/form-data; boundary=" + boundary, step);
}

TEST(BodyDigest, TellsBodiesOfOneLengthApart) {
  EXPECT_EQ(digest_of("hello"), digest_of("hello"));
  EXPECT_NE(digest_of("hello"), digest_of("hallo"));
  EXPECT_NE(digest_of(""), digest_of(std::string(1, '\0')));
}

TEST(BodyDigest, CountsWhatTheHandlerReadsAndWhatItLeaves) {
  Sent sent("hello, world", "text/plain", 5);
  BodyDigest digest(sent.request);
  char buffer[64];
  EXPECT_EQ(TAKE(sent.request.read(buffer, sizeof(buffer))), 5u);
  EXPECT_EQ(std::string(buffer, 5), "hello");
  EXPECT_EQ(TAKE(digest.finish()), digest_of("hello, world"));
}

TEST(BodyDigest, GivesTheRequestItsBodyBack) {
  Sent sent("hello, world", "text/plain", 5);
  { BodyDigest digest(sent.request); }
  EXPECT_EQ(TAKE(sent.request.read_body()), "hello, world");
}

TEST(BodyDigest, TakesFormsWithOtherBoundariesForTheSame) {
  EXPECT_EQ(digest_of_form("one", {"a", "b"}), digest_of_form("another", {"a", "b"}));
  EXPECT_NE(digest_of_form("one", {"a", "b"}), digest_of_form("one", {"b", "a"}));
  EXPECT_NE(digest_of_form("one", {"ab", ""}), digest_of_form("one", {"a", "b"}));
  EXPECT_NE(digest_of_form("one", {"a"}), digest_of_form("one", {"a", ""}));
}

TEST(BodyDigest, DoesNotTakeContentForABoundary) {
  EXPECT_NE(digest_of("--one--two"), digest_of("--one--one"));
  EXPECT_NE(digest_of_form("one", {"x--on"}), digest_of_form("one", {"x--o"}));
  EXPECT_NE(digest_of_form("one", {"--two"}), digest_of_form("two", {"--one"}));
}

TEST(BodyDigest, DoesNotDependOnThePieces) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& parts) {
    const size_t step = *rc::gen::inRange(1, 50);
    RC_ASSERT(digest_of_form("a-boundary", parts, step) == digest_of_form("a-boundary", parts));
  }));
}

TEST(BodyDigest, PassesErrorsOn) {
  Sent sent("hello", "text/plain", 5);
  sent.request.body_limit = 3;
  EXPECT_EQ(test::code_of(BodyDigest(sent.request).finish()), base::Code::limit);
}

}  // namespace
}  // namespace server::http
