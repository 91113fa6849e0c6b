#include "corpus/text_page.h"

namespace corpus {

std::vector<TextBlock> blocks_of(const std::vector<Word>& words) {
  std::vector<TextBlock> blocks;
  const Word* before = nullptr;
  for (const Word& word : words) {
    const bool new_block = before == nullptr || word.block != before->block;
    if (new_block) blocks.emplace_back();
    TextBlock& block = blocks.back();
    if (new_block || word.line != before->line) block.lines.emplace_back();
    TextLine& line = block.lines.back();
    line.words.push_back(word);
    line.box = united(line.box, word.box);
    block.box = united(block.box, word.box);
    before = &word;
  }
  return blocks;
}

}  // namespace corpus
