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
  bool alone = false;    // sound, and besides it the page has nothing but rules, frames and areas
  std::vector<corpus::Word> words;  // boxes fitted to the ink within the font's box
};

// Sound: hardly a word without ink under it, and hardly any ink of letter size without a word.
// Ink is what stands out from the ground around it: faint, coloured and white letters are ink, and
// what a black bar hides is none. Partial: ink without words lies apart from the layer's lines, as
// that of a scan on a typeset page does; among them it tells of a layer that is not to be trusted.
// `gray`: the page in 8 bits.
LayerJudgement judge_layer(const Pix& gray, const std::vector<LayerWord>& layer);

// The page without what the layer covers: what is left to be read, or searched. Each word gives way
// to the ground around it. Of 8 or 32 bits; null without memory.
Pix beside_layer(const Pix& page, const std::vector<LayerWord>& layer);

// The same of a typeset page, for those who look for marks on it: without what of its letters
// reaches beyond their boxes, and without coloured areas.
Pix beside_typeset(const Pix& page, const std::vector<LayerWord>& layer);

}  // namespace ocr::detail
