// Judges a PDF's text layer against the ink of the rendered page. In the worker only.
#pragma once

#include <vector>

#include "corpus/words.h"
#include "ocr/detail/pix.h"
#include "ocr/detail/wire.h"

namespace ocr::detail {

struct LayerJudgement {
  bool sound = false;
  std::vector<corpus::Word> words;  // boxes fitted to the ink within the font's box
};

// Sound: hardly a word without ink under it, and hardly any ink of letter size without a word.
LayerJudgement judge_layer(const Pix& page, const std::vector<LayerWord>& layer);

}  // namespace ocr::detail
