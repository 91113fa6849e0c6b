#include "server/http/multipart.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

using test::code_of;

struct Seen {
  std::string name;
  std::optional<std::string> file_name;
  std::string media_type;
  std::string content;
  bool ended = false;
  bool operator==(const Seen&) const = default;
};

// Feeds the body in pieces of `step` bytes.
base::Result<std::vector<Seen>> parse(std::string_view body, size_t step = 1,
                                      MultipartLimits limits = {}) {
  std::vector<Seen> seen;
  MultipartParser parser("XX",
                         {.begin = [&](const Part& part) -> base::Result<void> {
                            seen.push_back({part.name, part.file_name, part.media_type, "", false});
                            return {};
                          },
                          .data = [&](std::string_view bytes) -> base::Result<void> {
                            seen.back().content += bytes;
                            return {};
                          },
                          .end = [&]() -> base::Result<void> {
                            seen.back().ended = true;
                            return {};
                          }},
                         limits);
  for (size_t at = 0; at < body.size(); at += step) TRY(parser.feed(body.substr(at, step)));
  TRY(parser.finish());
  return seen;
}

std::string part(std::string_view headers, std::string_view content) {
  return "--XX\r\n" + std::string(headers) + "\r\n\r\n" + std::string(content) + "\r\n";
}
std::string field(std::string_view name, std::string_view content) {
  return part("Content-Disposition: form-data; name=\"" + std::string(name) + '"', content);
}

std::string file_name_of(std::string_view disposition) {
  const auto seen =
      parse(part("Content-Disposition: form-data; name=\"f\"; " + std::string(disposition), "") +
            "--XX--");
  return seen.ok() ? seen.value()[0].file_name.value_or("(none)") : "error";
}

TEST(Multipart, GivesFieldsAndFilesHoweverItIsCut) {
  const std::string body = field("note", "hello") +
                           part(
                               "content-disposition: form-data; name=file; filename=\"a.pdf\"\r\n"
                               "Content-Type: Application/PDF; x=1",
                               "%PDF\r\n--X\r\n--XY no") +
                           "--XX--\r\nepilogue";
  const std::vector<Seen> expected = {
      {"note", std::nullopt, "text/plain", "hello", true},
      {"file", "a.pdf", "application/pdf", "%PDF\r\n--X\r\n--XY no", true}};
  for (size_t step = 1; step <= body.size(); ++step) {
    EXPECT_EQ(TAKE(parse(body, step)), expected) << step;
  }
}

TEST(Multipart, ReturnsAnyContentUnchanged) {
  EXPECT_TRUE(rc::check([](const std::string& content, unsigned step) {
    if (content.find("\r\n--XX") != content.npos) return;
    const auto seen = TAKE(parse(field("a", content) + "--XX--", 1 + step % 50));
    RC_ASSERT(seen.size() == 1u);
    RC_ASSERT(seen[0].content == content);
  }));
}

TEST(Multipart, HoldsBackNoMoreThanABoundary) {
  size_t given = 0;
  MultipartParser parser("XX", {.data = [&](std::string_view bytes) -> base::Result<void> {
                           given += bytes.size();
                           return {};
                         }});
  ASSERT_OK(parser.feed("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n"));
  const std::string megabyte(1 << 20, '\n');
  ASSERT_OK(parser.feed(megabyte));
  EXPECT_GE(given + 6, megabyte.size());
}

TEST(Multipart, TakesEmptyParts) {
  EXPECT_EQ(TAKE(parse(field("a", "") + field("b", "") + "--XX--")).size(), 2u);
  EXPECT_TRUE(TAKE(parse("--XX--")).empty());
}

TEST(Multipart, SkipsAPreambleAndBlanksBehindABoundary) {
  const auto seen = TAKE(
      parse("for people\r\n--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XX--"));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].content, "x");
}

TEST(Multipart, ReadsFileNamesInEveryForm) {
  EXPECT_EQ(file_name_of("filename=\"a b.pdf\""), "a b.pdf");
  EXPECT_EQ(file_name_of("filename*=UTF-8''M%C3%A4rz.pdf; filename=\"M_rz.pdf\""), "März.pdf");
  EXPECT_EQ(file_name_of("filename=\"a%22b%0Ac.pdf\""), "a\"b\nc.pdf");
  EXPECT_EQ(file_name_of("filename=\"\""), "");
  EXPECT_EQ(file_name_of("x=1"), "(none)");
}

TEST(Multipart, CutsDirectoriesOffFileNames) {
  EXPECT_EQ(file_name_of("filename=\"C:\\docs\\a.pdf\""), "a.pdf");
  EXPECT_EQ(file_name_of("filename=\"../../etc/passwd\""), "passwd");
  EXPECT_EQ(file_name_of("filename*=UTF-8''..%2Fa"), "a");
}

TEST(Multipart, RefusesMalformedFileNames) {
  EXPECT_EQ(file_name_of("filename*=latin1''a"), "error");
  EXPECT_EQ(file_name_of("filename*=UTF-8a"), "error");
  EXPECT_EQ(file_name_of("filename*=UTF-8''%00"), "error");
  EXPECT_EQ(file_name_of("filename=\"\xff\""), "error");
}

TEST(Multipart, RefusesWhatIsMalformed) {
  const std::string good = field("a", "x");
  for (const std::string& body :
       {std::string(), good, good + "--XX", good + "--XX-", std::string("--XXjunk\r\n\r\n--XX--"),
        part("Content-Type: text/plain", "x") + "--XX--",
        part("Content-Disposition: attachment; name=a", "x") + "--XX--",
        part("Content-Disposition: form-data", "x") + "--XX--", part("no colon", "x") + "--XX--",
        part("Content-Disposition: form-data; name=a\r\n folded: 1", "x") + "--XX--",
        std::string("--XX\r\n\r\nx\r\n--XX--")}) {
    EXPECT_EQ(code_of(parse(body)), base::Code::invalid) << body;
  }
}

TEST(Multipart, HasBounds) {
  const std::string many = field("a", "") + field("b", "") + field("c", "") + "--XX--";
  EXPECT_EQ(code_of(parse(many, 100, {.parts = 2})), base::Code::limit);
  const std::string big = part("X: " + std::string(9000, 'x'), "") + "--XX--";
  EXPECT_EQ(code_of(parse(big, 100)), base::Code::limit);
  EXPECT_EQ(code_of(parse(std::string(9000, 'x'), 100)), base::Code::invalid);
}

TEST(Multipart, StopsAtTheSinksError) {
  MultipartParser parser("XX", {.begin = [](const Part&) -> base::Result<void> {
                           return base::Error{base::Code::conflict, "known", {}};
                         }});
  EXPECT_EQ(code_of(parser.feed(field("a", "x"))), base::Code::conflict);
}

TEST(Multipart, ReadsTheBoundary) {
  EXPECT_EQ(TAKE(boundary_of("multipart/form-data; boundary=\"a b'c\"")), "a b'c");
  EXPECT_EQ(TAKE(boundary_of("Multipart/Form-Data; charset=utf-8; boundary=x")), "x");
  for (const char* type :
       {"multipart/form-data", "multipart/mixed; boundary=a", "text/plain",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=a\\b"}) {
    EXPECT_FALSE(boundary_of(type).ok()) << type;
  }
  EXPECT_FALSE(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')).ok());
}

}  // namespace
}  // namespace server::http
