// Judges a PDF's text layer against the ink of the rendered page. In the worker only.
#pragma once

#include <vector>

#include "corpus/words.h"
#include "ocr/detail/pix.h"
#include "ocr/detail/wire.h"

namespace ocr::detail {

struct LayerJudgement {
  bool sound = false;
  bool partial = false;  // sound where it is, but other parts of the page hold letters too
  bool alone = false;    // sound, and besides it the page has nothing but rules and frames
  std::vector<corpus::Word> words;  // boxes fitted to the ink within the font's box
};

// Sound: hardly a word without ink under it, and hardly any ink of letter size without a word.
// Partial: such ink lies apart from the layer's lines, as that of a scan on a typeset page does;
// among them it tells of a layer that is not to be trusted.
LayerJudgement judge_layer(const Pix& page, const std::vector<LayerWord>& layer);

// The page in gray without what the layer covers: what is left to be read. Null without memory.
Pix beside_layer(const Pix& page, const std::vector<LayerWord>& layer);

}  // namespace ocr::detail
