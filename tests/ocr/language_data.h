// Language data made by code, in the format of tesseract's *.traineddata.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace test {

// What may be unusual about it.
struct LanguageLook {
  bool whole_numbers = true;  // the network's
  bool right_to_left = false;
  int codes_of_a_character = 1;
  std::string last_layer = "Softmax";
  size_t cell_inputs = 4;  // of the layer down: the convolution gives 4
};

// A network that knows the space, "a" and "b", with small weights that say nothing.
std::string language_data(const LanguageLook& look = {});

// The graph of some words of characters 0 to 9.
std::string word_graph(const std::vector<std::string>& words);

}  // namespace test
