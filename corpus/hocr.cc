#include "corpus/hocr.h"

#include <algorithm>

#include "corpus/detail/xml.h"

namespace corpus {
namespace {

using detail::xml_text;

std::string bbox(const Box& box) {
  return "bbox " + std::to_string(box.x0) + ' ' + std::to_string(box.y0) + ' ' +
         std::to_string(box.x1) + ' ' + std::to_string(box.y1);
}

// Quoted within a title: neither a quote nor a backslash can stand there.
std::string image_property(std::string name) {
  if (name.empty()) return {};
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '"' || c == '\\'; }, '_');
  return "image \"" + name + "\"; ";
}

std::string title_of(const TextPage& page) {
  std::string title = image_property(page.image) + bbox({0, 0, page.width, page.height}) +
                      "; ppageno " + std::to_string(page.number - 1);
  if (page.dpi > 0) {
    const std::string dpi = std::to_string(page.dpi);
    title += "; scan_res " + dpi + ' ' + dpi;
  }
  return title;
}

// <TAG class="CLASS" id="ID" title="TITLE">
std::string open(const char* tag, const char* type, const std::string& id,
                 const std::string& title) {
  return std::string("<") + tag + " class=\"" + type + "\" id=\"" + id + "\" title=\"" +
         xml_text(title) + "\">";
}

std::string print(const Word& word) {
  const std::string title =
      bbox(word.box) + "; x_wconf " + std::to_string((word.confidence + 5) / 10);
  return open("span", "ocrx_word", "word_" + std::to_string(word.id), title) + xml_text(word.text) +
         "</span>";
}

std::string print(const TextLine& line, const std::string& name) {
  std::string out = "   " + open("span", "ocr_line", "line_" + name, bbox(line.box)) + '\n';
  for (const Word& word : line.words) out += "    " + print(word) + '\n';
  return out + "   </span>\n";
}

std::string print(const TextBlock& block, const std::string& name) {
  std::string out = " " + open("div", "ocr_carea", "block_" + name, bbox(block.box)) + '\n';
  out += "  " + open("p", "ocr_par", "par_" + name, bbox(block.box)) + '\n';
  for (size_t i = 0; i < block.lines.size(); ++i) {
    out += print(block.lines[i], name + '_' + std::to_string(i + 1));
  }
  return out + "  </p>\n </div>\n";
}

}  // namespace

std::string begin_hocr(const TextHeading& heading) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
         "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
         "<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<title>" +
         xml_text(heading.title) +
         "</title>\n"
         "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"/>\n"
         "<meta name=\"ocr-system\" content=\"glossator " GLOSSATOR_VERSION
         "\"/>\n"
         "<meta name=\"ocr-capabilities\" content=\"ocr_page ocr_carea ocr_par ocr_line "
         "ocrx_word ocrp_wconf\"/>\n"
         "</head>\n<body>\n";
}

std::string print_hocr(const TextPage& page) {
  const std::string number = std::to_string(page.number);
  std::string out = open("div", "ocr_page", "page_" + number, title_of(page)) + '\n';
  const std::vector<TextBlock> blocks = blocks_of(page.words);
  for (size_t i = 0; i < blocks.size(); ++i) {
    out += print(blocks[i], number + '_' + std::to_string(i + 1));
  }
  return out + "</div>\n";
}

std::string end_hocr() {
  return "</body>\n</html>\n";
}

}  // namespace corpus
