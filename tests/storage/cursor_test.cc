#include "storage/cursor.h"

#include <rapidcheck.h>

#include "tests/support/result_matchers.h"

namespace storage {
namespace {

TEST(Cursor, ReadsBack) {
  EXPECT_TRUE(rc::check([](int64_t number, const std::string& ascii) {
    std::string text;
    for (const char c : ascii) text += static_cast<char>(c & 0x7f);
    const Values position = {number, text};
    RC_ASSERT(TAKE(parse_cursor("list", make_cursor("list", position))) == position);
  }));
}

TEST(Cursor, IsRefusedByAnotherListing) {
  EXPECT_EQ(test::code_of(parse_cursor("b", make_cursor("a", {1}))), base::Code::invalid);
}

TEST(Cursor, RefusesNonsense) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto parsed = parse_cursor("list", text);
    RC_ASSERT(!parsed.ok() && parsed.error().code == base::Code::invalid);
  }));
}

}  // namespace
}  // namespace storage
