#include "corpus/alto.h"

#include <algorithm>
#include <cstdio>

#include "corpus/detail/xml.h"

namespace corpus {
namespace {

using detail::xml_text;

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + value + '"';
}

std::string place(const Box& box) {
  return attribute("HPOS", std::to_string(box.x0)) + attribute("VPOS", std::to_string(box.y0)) +
         attribute("WIDTH", std::to_string(box.width())) +
         attribute("HEIGHT", std::to_string(box.height()));
}

std::string as_fraction(int32_t confidence) {
  char text[16];
  std::snprintf(text, sizeof(text), "%d.%03d", confidence / 1000, confidence % 1000);
  return text;
}

std::string print(const Word& word) {
  return "      <String" + attribute("ID", "word_" + std::to_string(word.id)) + place(word.box) +
         attribute("CONTENT", xml_text(word.text)) + attribute("WC", as_fraction(word.confidence)) +
         "/>\n";
}

// The blank between two words, as wide as the paper between them.
std::string print_blank(const Word& before, const Word& after) {
  const int32_t width = std::max(0, after.box.x0 - before.box.x1);
  return "      <SP" + attribute("HPOS", std::to_string(before.box.x1)) +
         attribute("VPOS", std::to_string(before.box.y0)) +
         attribute("WIDTH", std::to_string(width)) + "/>\n";
}

std::string print(const TextLine& line, const std::string& name) {
  std::string out = "     <TextLine" + attribute("ID", "line_" + name) + place(line.box) + ">\n";
  for (size_t i = 0; i < line.words.size(); ++i) {
    if (i > 0) out += print_blank(line.words[i - 1], line.words[i]);
    out += print(line.words[i]);
  }
  return out + "     </TextLine>\n";
}

std::string print(const TextBlock& block, const std::string& name) {
  std::string out = "    <TextBlock" + attribute("ID", "block_" + name) + place(block.box) + ">\n";
  for (size_t i = 0; i < block.lines.size(); ++i) {
    out += print(block.lines[i], name + '_' + std::to_string(i + 1));
  }
  return out + "    </TextBlock>\n";
}

}  // namespace

std::string begin_alto(const TextHeading& heading) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" "
         "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
         "xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# "
         "http://www.loc.gov/standards/alto/v4/alto-4-2.xsd\" SCHEMAVERSION=\"4.2\">\n"
         " <Description>\n"
         "  <MeasurementUnit>pixel</MeasurementUnit>\n"
         "  <sourceImageInformation>\n"
         "   <fileName>" +
         xml_text(heading.title) +
         "</fileName>\n"
         "  </sourceImageInformation>\n"
         "  <Processing ID=\"reading\">\n"
         "   <processingSoftware>\n"
         "    <softwareName>glossator</softwareName>\n"
         "    <softwareVersion>" GLOSSATOR_VERSION
         "</softwareVersion>\n"
         "   </processingSoftware>\n"
         "  </Processing>\n"
         " </Description>\n"
         " <Layout>\n";
}

std::string print_alto(const TextPage& page) {
  const std::string number = std::to_string(page.number);
  std::string out = "  <Page" + attribute("ID", "page_" + number) +
                    attribute("PHYSICAL_IMG_NR", number) +
                    attribute("WIDTH", std::to_string(page.width)) +
                    attribute("HEIGHT", std::to_string(page.height)) + ">\n";
  out += "   <PrintSpace" + place({0, 0, page.width, page.height}) + ">\n";
  const std::vector<TextBlock> blocks = blocks_of(page.words);
  for (size_t i = 0; i < blocks.size(); ++i) {
    out += print(blocks[i], number + '_' + std::to_string(i + 1));
  }
  return out + "   </PrintSpace>\n  </Page>\n";
}

std::string end_alto() {
  return " </Layout>\n</alto>\n";
}

}  // namespace corpus
