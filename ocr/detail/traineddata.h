// The data of one of tesseract's languages (*.traineddata), as far as ocr/detail/text_network.h
// runs it: the network that reads a line, and the characters that it knows.
//
//   const LineModel model = TRY(parse_traineddata(TRY(base::read_file("eng.traineddata"))));
//
// The format is tesseract's own (src/ccutil/tessdatamanager.cpp, src/lstm/network.cpp,
// weightmatrix.cpp, src/ccutil/unicharcompress.cpp of 5.3.0): a table of offsets, then the parts.
// Networks of the form that its fast data has are understood: whole numbers of 8 bits, one
// convolution, LSTM cells down each column, then along the line. Whatever else there is (floating
// point, characters of several codes, text from right to left) is answered by Code::denied, and
// left to tesseract; damage by Code::invalid.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ocr/detail/dictionary.h"

namespace ocr::detail {

// A layer's weights: an output is the sum of weights times inputs, times its scale.
struct LayerWeights {
  size_t outputs = 0;
  size_t inputs = 0;
  std::vector<int8_t> weights;  // outputs x inputs
  std::vector<int8_t> biases;   // an output; weights of an input that is always 127
  std::vector<float> scales;    // an output, not negative
};

// Cells that remember. A gate's inputs are the layer's, then what the cells said last.
struct CellLayer {
  size_t inputs = 0;
  size_t cells = 0;
  bool backwards = false;  // from the end of the line
  std::array<LayerWeights, 4>
      gates;  // the cells' inputs, then their input, forget and output gates
};

// What a code stands for.
struct Character {
  std::string text;   // empty: nothing
  size_t number = 0;  // in the dictionary
  size_t lower = 0;   // of its small form; its own if it has none
  bool is_letter = false;
  bool is_digit = false;
};

// What the network's codes mean.
struct Alphabet {
  size_t blank = 0;                   // the code between characters
  std::vector<Character> characters;  // of each code. Code 0 is the space.
  Dictionary words;                   // none, or those of the language
};

struct LineModel {
  size_t height = 0;         // pixels of a line
  size_t pool = 0;           // pixels, both ways, of which the strongest counts
  LayerWeights convolution;  // of 3 x 3 pixels, column by column
  CellLayer down;            // each column from its top
  std::vector<CellLayer> along;
  LayerWeights output;  // one a code
  Alphabet alphabet;
};

base::Result<LineModel> parse_traineddata(std::string_view bytes);

}  // namespace ocr::detail
