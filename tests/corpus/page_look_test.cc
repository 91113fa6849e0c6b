#include "corpus/page_look.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

PageLook look(uint8_t sheet, uint8_t content) {
  PageLook out;
  out.sheet.bytes.fill(sheet);
  out.content.bytes.fill(content);
  return out;
}

TEST(PageLook, ComesBackAsItWasPrinted) {
  const PageLook some = look(0x0f, 0xa5);
  EXPECT_EQ(TAKE(parse_look(print_look(some))), some);
  EXPECT_EQ(print_look(some).size(), 128u);
}

TEST(PageLook, RefusesOtherSpellings) {
  EXPECT_FALSE(parse_look("").ok());
  EXPECT_FALSE(parse_look(std::string(128, 'A')).ok());
  EXPECT_FALSE(parse_look(std::string(130, '0')).ok());
}

TEST(PageLook, DiffersByTheFewestBitsOfSheetAndContent) {
  EXPECT_EQ(distance(look(0, 0), look(0, 0)), 0);
  EXPECT_EQ(distance(look(0, 0), look(1, 0xff)), 32);
  EXPECT_EQ(distance(look(0, 0), look(0xff, 3)), 64);
}

}  // namespace
}  // namespace corpus
