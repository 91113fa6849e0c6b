#include "ocr/detail/traineddata.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/text.h"
#include "ocr/detail/int8_matrix.h"

namespace ocr::detail {
namespace {

constexpr size_t kMostParts = 64;
constexpr size_t kNetworkPart = 17;
constexpr size_t kWordsPart = 19;
constexpr size_t kCharactersPart = 21;
constexpr size_t kCodesPart = 22;

constexpr uint8_t kWholeNumbers = 1;  // of a matrix's mode
constexpr uint8_t kDoubleScales = 128;
constexpr int32_t kRatesOfLayers = 64;  // of a layer's flags: learning rates follow
constexpr size_t kMostOutputs = 4096;
constexpr size_t kMostLayers = 16;
constexpr size_t kMostHeight = 256;
constexpr size_t kMostPool = 8;
constexpr size_t kMostCharacters = 65536;

base::Error damaged(const std::string& what) {
  return {base::Code::invalid, "the language's data is damaged: " + what};
}
base::Error unknown(const std::string& what) {
  return {base::Code::denied, "only tesseract reads this language's data: " + what};
}

// Takes numbers from the front, little-endian as the format and our processors are.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  base::Result<std::string_view> take(size_t size) {
    if (size > bytes_.size()) return damaged("it ends too early");
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  template <class Number>
  base::Result<Number> number() {
    Number out;
    std::memcpy(&out, TRY(take(sizeof(out))).data(), sizeof(out));
    return out;
  }
  // A number from 0 to `most`.
  template <class Number>
  base::Result<size_t> count(size_t most) {
    const auto out = TRY(number<Number>());
    if constexpr (std::is_signed_v<Number>) {
      if (out < 0) return damaged("a negative size");
    }
    if (static_cast<uint64_t>(out) > most) return damaged("a size out of range");
    return static_cast<size_t>(out);
  }
  base::Result<std::string_view> text() { return take(TRY(number<uint32_t>())); }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

// What every layer begins with.
struct LayerHead {
  std::string_view type;
  int32_t flags = 0;
  size_t inputs = 0;
  size_t outputs = 0;
};

base::Result<LayerHead> layer_head(Reader& in) {
  LayerHead head;
  if (TRY(in.number<int8_t>()) != 0) return unknown("an old form of network");
  head.type = TRY(in.text());
  if (TRY(in.number<int8_t>()) == 1) return unknown("a network that is being trained");
  TRY(in.number<int8_t>());  // whether it was to learn
  head.flags = TRY(in.number<int32_t>());
  head.inputs = TRY(in.count<int32_t>(kMostOutputs));
  head.outputs = TRY(in.count<int32_t>(kMostOutputs));
  TRY(in.number<int32_t>());  // weights in all
  TRY(in.text());             // its name
  return head;
}

base::Result<LayerHead> layer_head(Reader& in, std::string_view type) {
  LayerHead head = TRY(layer_head(in));
  if (head.type != type) return unknown("its network has another form");
  return head;
}

// Of layers that hold others: how many.
base::Result<size_t> begin_group(Reader& in) {
  return in.count<uint32_t>(kMostLayers);
}
base::Result<void> end_group(Reader& in, const LayerHead& head) {
  if ((head.flags & kRatesOfLayers) == 0) return {};
  const size_t rates = TRY(in.number<uint32_t>());
  TRY(in.take(rates * sizeof(float)));
  return {};
}

// The same, of one layer only.
base::Result<LayerHead> begin_wrapper(Reader& in, std::string_view type) {
  LayerHead head = TRY(layer_head(in, type));
  if (TRY(begin_group(in)) != 1) return unknown("its network has another form");
  return head;
}

base::Result<LayerWeights> layer_weights(Reader& in, size_t inputs) {
  const auto mode = TRY(in.number<uint8_t>());
  if ((mode & kWholeNumbers) == 0) return unknown("its network is not of whole numbers");
  if ((mode & kDoubleScales) == 0) return unknown("an old form of network");
  LayerWeights out;
  out.outputs = TRY(in.count<uint32_t>(kMostOutputs));
  out.inputs = TRY(in.count<uint32_t>(Int8Matrix::kMostInputs + 1));
  if (out.outputs == 0 || out.inputs != inputs + 1) return damaged("layers that do not fit");
  out.inputs = inputs;
  TRY(in.number<int8_t>());  // what an empty matrix would hold
  const std::string_view numbers = TRY(in.take(out.outputs * (inputs + 1)));
  for (size_t o = 0; o < out.outputs; ++o) {
    const auto* row = reinterpret_cast<const int8_t*>(numbers.data()) + o * (inputs + 1);
    out.weights.insert(out.weights.end(), row, row + inputs);
    out.biases.push_back(row[inputs]);
  }
  if (TRY(in.number<uint32_t>()) != out.outputs) return damaged("scales that do not fit");
  for (size_t o = 0; o < out.outputs; ++o) {
    const auto scale = TRY(in.number<double>()) / 127;
    if (!(scale >= 0 && scale < 1e6)) return damaged("a scale out of range");
    out.scales.push_back(static_cast<float>(scale));
  }
  return out;
}

base::Result<CellLayer> cell_layer(Reader& in, const LayerHead& head) {
  CellLayer out;
  out.inputs = head.inputs;
  out.cells = head.outputs;
  const size_t all = TRY(in.count<int32_t>(Int8Matrix::kMostInputs));
  if (out.inputs == 0 || out.cells == 0) return damaged("an empty layer");
  if (all != out.inputs + out.cells) return unknown("cells in two dimensions");
  for (LayerWeights& gate : out.gates) {
    gate = TRY(layer_weights(in, all));
    if (gate.outputs != out.cells) return damaged("gates that do not fit");
  }
  return out;
}

base::Result<CellLayer> cell_layer(Reader& in, std::string_view type) {
  const LayerHead head = TRY(layer_head(in, type));
  return cell_layer(in, head);
}

base::Result<size_t> line_height(Reader& in) {
  TRY(layer_head(in, "Input"));
  TRY(in.number<int32_t>());  // lines at once
  const size_t height = TRY(in.count<int32_t>(kMostHeight));
  const auto width = TRY(in.number<int32_t>());
  const auto colours = TRY(in.number<int32_t>());
  TRY(in.number<int32_t>());  // what it was trained for
  if (height == 0 || width != 0 || colours != 1) return unknown("another form of input");
  return height;
}

base::Result<LayerWeights> convolution(Reader& in) {
  constexpr size_t kPixels = 9;
  const LayerHead series = TRY(layer_head(in, "Series"));
  if (TRY(begin_group(in)) != 2) return unknown("its network has another form");
  TRY(layer_head(in, "Convolve"));
  const auto half_x = TRY(in.number<int32_t>());
  const auto half_y = TRY(in.number<int32_t>());
  if (half_x != 1 || half_y != 1) return unknown("another form of convolution");
  TRY(layer_head(in, "Tanh"));
  LayerWeights out = TRY(layer_weights(in, kPixels));
  TRY(end_group(in, series));
  return out;
}

base::Result<size_t> pool(Reader& in) {
  TRY(layer_head(in, "Maxpool"));
  const size_t x = TRY(in.count<int32_t>(kMostPool));
  const size_t y = TRY(in.count<int32_t>(kMostPool));
  if (x == 0 || x != y) return unknown("another form of pooling");
  return x;
}

base::Result<LineModel> network(Reader& in) {
  LineModel out;
  const LayerHead all = TRY(layer_head(in, "Series"));
  const size_t layers = TRY(begin_group(in));
  out.height = TRY(line_height(in));
  out.convolution = TRY(convolution(in));
  out.pool = TRY(pool(in));
  if (out.height < out.pool) return damaged("an empty layer");
  const LayerHead transposed = TRY(begin_wrapper(in, "XYTranspose"));
  out.down = TRY(cell_layer(in, "SummLSTM"));
  TRY(end_group(in, transposed));
  if (out.down.inputs != out.convolution.outputs) return damaged("layers that do not fit");
  size_t given = out.down.cells;
  for (size_t layer = 4; layer + 1 < layers; ++layer) {
    const LayerHead head = TRY(layer_head(in));
    CellLayer cells;
    if (head.type == "LSTM") {
      cells = TRY(cell_layer(in, head));
    } else if (head.type == "RTLReversed" && TRY(begin_group(in)) == 1) {
      cells = TRY(cell_layer(in, "LSTM"));
      cells.backwards = true;
      TRY(end_group(in, head));
    } else {
      return unknown("its network has another form");
    }
    if (cells.inputs != given) return damaged("layers that do not fit");
    given = cells.cells;
    out.along.push_back(std::move(cells));
  }
  TRY(layer_head(in, "Softmax"));
  out.output = TRY(layer_weights(in, given));
  TRY(end_group(in, all));
  TRY(in.text());                     // how the network was described
  TRY(in.take(3 * sizeof(int32_t)));  // flags and steps of the training
  out.alphabet.blank = TRY(in.count<int32_t>(kMostOutputs));
  if (out.alphabet.blank >= out.output.outputs) return damaged("no code between characters");
  return out;
}

// A number as the list of characters writes it; 0 if it does not.
size_t number_in(std::string_view digits, int base) {
  size_t out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out, base);
  return out;
}

// A line: the text, its properties in bits, its sizes, script, other case, direction ...; the first
// lines may lack the sizes.
base::Result<Character> character_of(std::string_view line, size_t number) {
  constexpr std::string_view kSpace = "NULL";
  constexpr size_t kLetter = 1, kCapital = 4, kDigit = 8;
  const std::vector<std::string_view> fields = base::split(line, ' ');
  Character out;
  out.text = fields[0] == kSpace ? std::string_view(" ") : fields[0];
  out.number = number;
  out.lower = number;
  if (!base::is_utf8(out.text)) return damaged("a character that is none");
  if (fields.size() <= 5 || fields[2].find(',') == std::string_view::npos) return out;
  const size_t properties = number_in(fields[1], 16);
  if (fields[5] == "1" || fields[5] == "13") return unknown("it runs from right to left");
  out.is_letter = (properties & kLetter) != 0;
  out.is_digit = (properties & kDigit) != 0;
  if ((properties & kCapital) != 0) out.lower = number_in(fields[4], 10);
  return out;
}

base::Result<std::vector<Character>> known_characters(std::string_view text) {
  std::vector<Character> out;
  const std::vector<std::string_view> lines = base::split(text, '\n');
  for (size_t i = 1; i < lines.size(); ++i) {  // the first says how many there are
    if (lines[i].empty()) continue;
    out.push_back(TRY(character_of(lines[i], out.size())));
    if (out.size() > kMostCharacters) return damaged("a size out of range");
  }
  if (out.empty() || out[0].text != " ") return damaged("no space among its characters");
  return out;
}

// Which code means which character: one each, or several characters that look alike share one.
base::Result<void> assign_codes(std::string_view part, const std::vector<Character>& known,
                                LineModel& model) {
  std::vector<Character>& characters = model.alphabet.characters;
  characters.resize(model.output.outputs);
  std::vector<bool> is_own(model.output.outputs);
  Reader in(part);
  const size_t count = TRY(in.count<uint32_t>(kMostCharacters));
  for (size_t character = 0; character < count; ++character) {
    const bool own = TRY(in.number<int8_t>()) != 0;
    if (TRY(in.number<int32_t>()) != 1) return unknown("its characters have several codes");
    const size_t code = TRY(in.count<int32_t>(model.output.outputs - 1));
    if (code == model.alphabet.blank || character >= known.size()) continue;
    if (!characters[code].text.empty() && (is_own[code] || !own)) continue;
    characters[code] = known[character];
    is_own[code] = own;
  }
  if (characters[0].text != " ") return damaged("no space among its codes");
  return {};
}

using Parts = std::vector<std::string_view>;

base::Result<Parts> parts_of(std::string_view bytes) {
  Reader in(bytes);
  Parts parts(TRY(in.count<uint32_t>(kMostParts)));
  std::vector<size_t> begins;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto begin = TRY(in.number<int64_t>());
    if (begin > static_cast<int64_t>(bytes.size())) return damaged("a part behind its end");
    begins.push_back(begin < 0 ? std::string_view::npos : static_cast<size_t>(begin));
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (begins[i] == std::string_view::npos) continue;
    size_t end = bytes.size();  // where the next part begins
    for (const size_t other : begins) {
      if (other > begins[i]) end = std::min(end, other);
    }
    parts[i] = bytes.substr(begins[i], end - begins[i]);
  }
  return parts;
}

}  // namespace

base::Result<LineModel> parse_traineddata(std::string_view bytes) {
  const Parts parts = TRY(parts_of(bytes));
  if (parts.size() <= kCodesPart || parts[kNetworkPart].empty()) {
    return unknown("it has no network");
  }
  if (parts[kCharactersPart].empty() || parts[kCodesPart].empty()) {
    return unknown("an old form of network");
  }
  Reader in(parts[kNetworkPart]);
  LineModel model = TRY(network(in));
  const auto known = TRY(known_characters(parts[kCharactersPart]));
  TRY(assign_codes(parts[kCodesPart], known, model));
  if (!parts[kWordsPart].empty()) model.alphabet.words = TRY(Dictionary::parse(parts[kWordsPart]));
  return model;
}

}  // namespace ocr::detail
