#include "ocr/detail/wire.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

PageReply sample() {
  PageReply reply;
  reply.image = {"\x89PNG\r\n\x1a\n", "image/png", false, 100, 50, 200, 90};
  reply.stored = {50, 100, 6, 90, 200};
  reply.words = {{0, 0, 0, {1, 2, 30, 20}, 950, "Invoice"}, {0, 0, 0, {31, 2, 60, 20}, 90, "4711"}};
  reply.marks = {{corpus::MarkKind::tick_box, corpus::MarkState::crossed, {70, 2, 80, 12}, 940},
                 {corpus::MarkKind::handwriting, corpus::MarkState::none, {1, 25, 99, 45}, 700}};
  return reply;
}

base::Result<PageReply> parsed(const PageReply& reply) {
  return parse_page_reply(to_json(reply), reply.image.bytes);
}

TEST(Wire, BringsAPageAcrossUnchanged) {
  EXPECT_EQ(TAKE(parsed(sample())), sample());
}

TEST(Wire, BringsAFailureAcross) {
  PageReply reply;
  reply.failure = Failure{kDamaged, "the image data are damaged"};
  EXPECT_EQ(TAKE(parsed(reply)), reply);
}

TEST(Wire, RefusesABoxOffThePage) {
  PageReply reply = sample();
  reply.words[0].box.x1 = 101;
  EXPECT_EQ(test::code_of(parsed(reply)), base::Code::invalid);
}

TEST(Wire, RefusesMarksThatCannotBe) {
  PageReply off_the_page = sample();
  off_the_page.marks[0].box.y1 = 51;
  EXPECT_EQ(test::code_of(parsed(off_the_page)), base::Code::invalid);
  PageReply in_no_state = sample();
  in_no_state.marks[1].state = corpus::MarkState::ticked;
  EXPECT_EQ(test::code_of(parsed(in_no_state)), base::Code::invalid);
}

TEST(Wire, RefusesAnEmptyWordAndAnUnknownFailure) {
  PageReply empty = sample();
  empty.words[0].text.clear();
  EXPECT_FALSE(parsed(empty).ok());
  PageReply unknown;
  unknown.failure = Failure{"made_up", "x"};
  EXPECT_FALSE(parsed(unknown).ok());
}

TEST(Wire, RefusesBytesThatAreNoImage) {
  PageReply reply = sample();
  reply.image.bytes = "<script>";
  EXPECT_FALSE(parsed(reply).ok());
}

TEST(Wire, RefusesBytesBesideASourceImage) {
  PageReply reply = sample();
  reply.image.is_source = true;
  EXPECT_FALSE(parsed(reply).ok());
}

TEST(Wire, BringsAPageWithoutItsImageAcross) {
  PageReply reply = sample();
  reply.without_image = true;
  EXPECT_FALSE(parsed(reply).ok());  // it has bytes all the same
  reply.image.bytes.clear();
  EXPECT_EQ(TAKE(parsed(reply)), reply);
}

TEST(Wire, StripsControlCharactersFromReasons) {
  PageReply reply;
  reply.failure = Failure{kDamaged, "a\x1b[31mb"};
  EXPECT_EQ(TAKE(parsed(reply)).failure->reason, "a?[31mb");
}

TEST(Wire, CapsFramesBeforeTakingMemory) {
  EXPECT_FALSE(parse_frame_header("GLS1\xff\xff\xff\xff\x01\x01\x01\x01").ok());
  EXPECT_FALSE(parse_frame_header("GLS2\x01\x01\x01\x01\x01\x01\x01\x01").ok());
  const FrameSizes sizes = TAKE(parse_frame_header(print_frame_header({7, 9})));
  EXPECT_EQ(sizes.json, 7U);
  EXPECT_EQ(sizes.bytes, 9U);
}

TEST(Wire, BringsARequestAcrossWithItsDescriptor) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const base::UniqueFd ours(ends[0]), theirs(ends[1]);
  PageRequest request;
  request.format = "pnm";
  request.dpi = 200;
  request.words_only = true;
  request.extent = Extent{17, 4711};
  request.layer = {{0, 1, {1, 2, 3, 4}, "Wort"}};
  ASSERT_OK(send_frame(ours.get(), to_json(request), {}, ours.get()));
  const auto received = TAKE(receive_request(theirs.get()));
  ASSERT_TRUE(received);
  EXPECT_TRUE(received->input);
  const PageRequest back = TAKE(parse_page_request(received->json));
  EXPECT_EQ(back.format, "pnm");
  EXPECT_TRUE(back.words_only);
  ASSERT_TRUE(back.extent);
  EXPECT_EQ(back.extent->at, 17U);
  EXPECT_EQ(back.extent->size, 4711U);
  ASSERT_EQ(back.layer.size(), 1U);
  EXPECT_EQ(back.layer[0].text, "Wort");
}

}  // namespace
}  // namespace ocr::detail
