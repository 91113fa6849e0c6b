#include "ocr/detail/traineddata.h"

#include <gtest/gtest.h>

#include "ocr/detail/text_network.h"
#include "tests/ocr/language_data.h"
#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

base::Code refusal(const test::LanguageLook& look) {
  const auto model = parse_traineddata(test::language_data(look));
  EXPECT_FALSE(model.ok());
  return model.ok() ? base::Code::internal : model.error().code;
}

TEST(Traineddata, TellsTheNetwork) {
  const auto model = parse_traineddata(test::language_data());
  ASSERT_OK(model);
  EXPECT_EQ(model->height, 9U);
  EXPECT_EQ(model->pool, 3U);
  EXPECT_EQ(model->convolution.weights.size(), 4U * 9);
  EXPECT_EQ(model->convolution.biases.size(), 4U);
  EXPECT_FLOAT_EQ(model->convolution.scales[0], 0.25F / 127);
  EXPECT_EQ(model->down.inputs, 4U);
  ASSERT_EQ(model->along.size(), 2U);
  EXPECT_FALSE(model->along[0].backwards);
  EXPECT_TRUE(model->along[1].backwards);
  EXPECT_EQ(model->along[1].gates[3].weights.size(), 3U * 6);
  EXPECT_EQ(model->output.outputs, 4U);
}

TEST(Traineddata, TellsWhatCodesMean) {
  const auto model = parse_traineddata(test::language_data());
  ASSERT_OK(model);
  const Alphabet& alphabet = model->alphabet;
  EXPECT_EQ(alphabet.blank, 3U);
  EXPECT_EQ(alphabet.characters[0].text, " ");
  EXPECT_FALSE(alphabet.characters[0].is_letter);
  EXPECT_EQ(alphabet.characters[1].text, "a");  // not the "A" that shares its code
  EXPECT_TRUE(alphabet.characters[1].is_letter);
  EXPECT_EQ(alphabet.characters[2].text, "b");
  EXPECT_EQ(alphabet.characters[2].number, 3U);
  EXPECT_EQ(alphabet.characters[3].text, "");
  EXPECT_TRUE(alphabet.words.empty());
}

TEST(Traineddata, LeavesToTesseractWhatIsOtherwise) {
  EXPECT_EQ(refusal({.whole_numbers = false}), base::Code::denied);
  EXPECT_EQ(refusal({.right_to_left = true}), base::Code::denied);
  EXPECT_EQ(refusal({.codes_of_a_character = 2}), base::Code::denied);
  EXPECT_EQ(refusal({.last_layer = "LSTM"}), base::Code::denied);
}

TEST(Traineddata, RefusesLayersThatDoNotFit) {
  EXPECT_EQ(refusal({.cell_inputs = 5}), base::Code::invalid);
}

TEST(Traineddata, RefusesWhatEndsEarly) {
  const std::string whole = test::language_data();
  // Behind the codes nothing else is needed.
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_traineddata(whole.substr(0, size)).ok()) << size;
  }
}

TEST(Traineddata, OutlivesAnyDamage) {
  const std::string whole = test::language_data();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      const auto model = parse_traineddata(bytes);
      if (!model.ok()) continue;
      EXPECT_EQ(model->alphabet.characters.size(), model->output.outputs) << at;
      const cv::Mat line(static_cast<int>(model->height), 20, CV_8UC1, cv::Scalar(90));
      EXPECT_EQ(TextNetwork(*model).run(line).steps(), 20 / model->pool) << at;
    }
  }
}

}  // namespace
}  // namespace ocr::detail
