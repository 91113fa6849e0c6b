#include "tests/ocr/language_data.h"

#include <map>

namespace test {
namespace {

constexpr size_t kParts = 24;
constexpr size_t kNetworkPart = 17;
constexpr size_t kCharactersPart = 21;
constexpr size_t kCodesPart = 22;
constexpr size_t kCells = 3;

template <class Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void put_text(std::string& out, const std::string& text) {
  put(out, static_cast<uint32_t>(text.size()));
  out += text;
}

void put_head(std::string& out, const std::string& type, size_t inputs, size_t outputs) {
  put(out, int8_t{0});
  put_text(out, type);
  put(out, int8_t{0});  // not in training
  put(out, int8_t{0});
  put(out, int32_t{64});  // groups have learning rates
  put(out, static_cast<int32_t>(inputs));
  put(out, static_cast<int32_t>(outputs));
  put(out, int32_t{0});
  put_text(out, "a " + type);
}

void put_rates(std::string& out, size_t count) {
  put(out, static_cast<uint32_t>(count));
  for (size_t i = 0; i < count; ++i) put(out, 0.5F);
}

void put_weights(std::string& out, size_t outputs, size_t inputs, bool whole) {
  put(out, static_cast<uint8_t>(whole ? 129 : 128));
  put(out, static_cast<uint32_t>(outputs));
  put(out, static_cast<uint32_t>(inputs + 1));
  put(out, int8_t{0});
  for (size_t i = 0; i < outputs * (inputs + 1); ++i) {
    put(out, static_cast<int8_t>(static_cast<int>(i * 37 % 101) - 50));
  }
  put(out, static_cast<uint32_t>(outputs));
  for (size_t i = 0; i < outputs; ++i) put(out, 0.25);
}

void put_cells(std::string& out, const std::string& type, size_t inputs, bool whole) {
  put_head(out, type, inputs, kCells);
  put(out, static_cast<int32_t>(inputs + kCells));
  for (int gate = 0; gate < 4; ++gate) put_weights(out, kCells, inputs + kCells, whole);
}

std::string network(const LanguageLook& look) {
  std::string out;
  put_head(out, "Series", 9, 4);
  put(out, uint32_t{7});
  put_head(out, "Input", 9, 1);
  for (const int32_t side : {1, 9, 0, 1, 0}) put(out, side);
  put_head(out, "Series", 1, 4);
  put(out, uint32_t{2});
  put_head(out, "Convolve", 1, 9);
  put(out, int32_t{1});
  put(out, int32_t{1});
  put_head(out, "Tanh", 9, 4);
  put_weights(out, 4, 9, look.whole_numbers);
  put_rates(out, 2);
  put_head(out, "Maxpool", 4, 4);
  put(out, int32_t{3});
  put(out, int32_t{3});
  put_head(out, "XYTranspose", 4, kCells);
  put(out, uint32_t{1});
  put_cells(out, "SummLSTM", look.cell_inputs, look.whole_numbers);
  put_rates(out, 1);
  put_cells(out, "LSTM", kCells, look.whole_numbers);
  put_head(out, "RTLReversed", kCells, kCells);
  put(out, uint32_t{1});
  put_cells(out, "LSTM", kCells, look.whole_numbers);
  put_rates(out, 1);
  put_head(out, look.last_layer, kCells, 4);
  put_weights(out, 4, kCells, look.whole_numbers);
  put_rates(out, 7);
  put_text(out, "[1,9,0,1 ...]");
  for (int i = 0; i < 3; ++i) put(out, int32_t{0});
  put(out, int32_t{3});  // the blank
  return out;
}

std::string characters(const LanguageLook& look) {
  const std::string direction = look.right_to_left ? "1" : "0";
  const std::string sizes = " 0,255,0,255,0,0,0,0,0,0 Latin ";
  return "4\nNULL 0 Common 0\na 3" + sizes + "2 " + direction + " 1 a\t# a\nA 5" + sizes + "1 " +
         direction + " 2 A\t# A\nb 3" + sizes + "3 " + direction + " 3 b\t# b\n";
}

// "a" and "A" share a code, which is a's own.
std::string codes(const LanguageLook& look) {
  std::string out;
  put(out, uint32_t{4});
  const int32_t given[] = {0, 1, 1, 2};
  const int8_t own[] = {1, 1, 0, 1};
  for (int i = 0; i < 4; ++i) {
    put(out, own[i]);
    put(out, static_cast<int32_t>(look.codes_of_a_character));
    for (int j = 0; j < look.codes_of_a_character; ++j) put(out, given[i]);
  }
  return out;
}

}  // namespace

std::string language_data(const LanguageLook& look) {
  std::map<size_t, std::string> parts = {{kNetworkPart, network(look)},
                                         {kCharactersPart, characters(look)},
                                         {kCodesPart, codes(look)}};
  std::string head, body;
  put(head, static_cast<int32_t>(kParts));
  const size_t begin = sizeof(int32_t) + kParts * sizeof(int64_t);
  for (size_t i = 0; i < kParts; ++i) {
    const auto part = parts.find(i);
    put(head, part == parts.end() ? int64_t{-1} : static_cast<int64_t>(begin + body.size()));
    if (part != parts.end()) body += part->second;
  }
  return head + body;
}

std::string word_graph(const std::vector<std::string>& words) {
  // A tree; node 0 is where words begin.
  struct Edge {
    size_t to = 0;  // of `nodes`; 0: none
    bool ends_word = false;
  };
  std::vector<std::map<char, Edge>> nodes(1);
  for (const std::string& word : words) {
    size_t at = 0;
    for (size_t i = 0; i < word.size(); ++i) {
      const bool last = i + 1 == word.size();
      if (last) nodes[at][word[i]].ends_word = true;
      if (!last && nodes[at][word[i]].to == 0) {
        nodes[at][word[i]].to = nodes.size();
        nodes.emplace_back();
      }
      if (!last) at = nodes[at][word[i]].to;
    }
  }
  std::vector<size_t> begins(nodes.size());
  size_t edges = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    begins[i] = edges;
    edges += nodes[i].size();
  }
  constexpr int kFlagsAt = 4;  // ten characters, and one for none
  std::string out;
  put(out, int16_t{42});
  put(out, int32_t{10});
  put(out, static_cast<int32_t>(edges));
  for (const auto& node : nodes) {
    size_t left = node.size();
    for (const auto& [character, edge] : node) {
      const uint64_t flags = (--left == 0 ? 1U : 0U) | (edge.ends_word ? 4U : 0U);
      const uint64_t to = edge.to == 0 ? 0 : begins[edge.to];
      put(out, static_cast<uint64_t>(character - '0') | flags << kFlagsAt | to << (kFlagsAt + 3));
    }
  }
  return out;
}

}  // namespace test
