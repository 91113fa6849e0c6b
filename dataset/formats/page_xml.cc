// PAGE XML 2019-07-15 (https://github.com/PRImA-Research-Lab/PAGE-XML): a tar with a file for each
// page. Blocks become text regions; a corrected word has the correction as its first reading and
// what OCR read as its second. Labels of words are <Labels> of the words, under the annotation's
// id; other areas are custom regions.
#include <map>

#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"
#include "dataset/detail/shape.h"
#include "dataset/detail/xml_text.h"

namespace dataset::detail {
namespace {

using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;

constexpr std::string_view kNamespace =
    "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15";
// The format wants times; equal content shall give equal bytes.
constexpr std::string_view kTime = "1970-01-01T00:00:00";

std::string coords(const std::vector<corpus::Point>& polygon) {
  std::string points;
  for (const corpus::Point& point : polygon) {
    points += (points.empty() ? "" : " ") + std::to_string(point.x) + "," + std::to_string(point.y);
  }
  return "<Coords points=\"" + points + "\"/>";
}

std::string coords(const corpus::Box& box) {
  return coords({{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}});
}

// "0.912"
std::string share_of_thousand(int32_t value) {
  const std::string digits = std::to_string(value % 1000);
  return std::to_string(value / 1000) + "." + std::string(3 - digits.size(), '0') + digits;
}

std::string reading(const std::string& attributes, std::string_view text) {
  return "<TextEquiv" + attributes + "><Unicode>" + xml_text(text) + "</Unicode></TextEquiv>";
}

std::string labels_of(const std::vector<const Annotation*>& annotations) {
  std::string xml;
  for (const Annotation* annotation : annotations) {
    xml += "<Label value=\"" + xml_text(annotation->label) + "\" type=\"" +
           std::string(corpus::name_of(annotation->type)) + "\" comments=\"" + annotation->id.text +
           "\"/>";
  }
  return xml.empty() ? xml : "<Labels externalModel=\"schema.json\">" + xml + "</Labels>";
}

class PageFile {
 public:
  PageFile(const ChosenPage& page, LossReport& loss) : page_(page), loss_(loss) {
    labels_.resize(page.text.tokens().size());
    for (const Annotation* annotation : page.annotations) add(*annotation);
    add_text();
  }

  std::string print() const {
    const corpus::Page& page = page_.view.page();
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PcGts xmlns=\"";
    xml += std::string(kNamespace) + "\">\n<Metadata><Creator>Glossator</Creator><Created>";
    xml += std::string(kTime) + "</Created><LastChange>" + std::string(kTime);
    xml += "</LastChange><Comments>image sha256 " + page.image.sha256.hex();
    xml += "</Comments></Metadata>\n<Page imageFilename=\"";
    xml += xml_text(page_image_file(page_.view, "images")) + "\" imageWidth=\"";
    xml += std::to_string(page.width) + "\" imageHeight=\"" + std::to_string(page.height) + "\">\n";
    if (regions_ > 0) xml += reading_order();
    return xml + text_ + areas_ + "</Page>\n</PcGts>\n";
  }

 private:
  void add(const Annotation& annotation) {
    if (annotation.type == AnnotationType::correction) {
      return loss_.lose("what was read before a correction", annotation.words.size() > 1);
    }
    if (!has_a_place(annotation.type)) {
      return loss_.lose(std::string(corpus::name_of(annotation.type)));
    }
    const auto tokens = page_.text.tokens_of(annotation.words);
    const bool has_area =
        annotation.box || !annotation.polygon.empty() || annotation.type == AnnotationType::table;
    if (tokens.empty() && !has_area) return loss_.lose("annotation without a place on its page");
    loss_.lose("words of an annotation on another page", !page_.text.has_all(annotation.words));
    note_details(annotation, kKeepsNothing, loss_);
    ++loss_.annotations;
    for (const size_t i : tokens) labels_[i].push_back(&annotation);
    if (has_area) add_area(annotation);
  }

  void add_area(const Annotation& annotation) {
    const auto shape = shape_of(annotation, page_.text);
    if (!shape) return;
    const bool is_table = annotation.type == AnnotationType::table;
    loss_.lose("rows and columns of a table", is_table);
    const std::string name = is_table ? "TableRegion" : "CustomRegion";
    areas_ += "<" + name + " id=\"a" + annotation.id.text + "\"";
    if (!is_table) areas_ += " type=\"" + xml_text(annotation.label) + "\"";
    areas_ += ">" + (annotation.polygon.empty() ? coords(shape->box) : coords(annotation.polygon)) +
              labels_of({&annotation}) + "</" + name + ">\n";
  }

  // Regions and lines are runs of tokens of one block, one line.
  void add_text() {
    const auto& tokens = page_.text.tokens();
    for (size_t begin = 0, end = 0; begin < tokens.size(); begin = end) {
      while (end < tokens.size() && tokens[end].block == tokens[begin].block) ++end;
      add_region(begin, end);
    }
  }

  void add_region(size_t begin, size_t end) {
    const auto& tokens = page_.text.tokens();
    const std::string id = std::to_string(regions_++);
    text_ += "<TextRegion id=\"r" + id + "\">" + coords(box_of(begin, end)) + "\n";
    size_t number = 0;
    for (size_t first = begin, last = begin; first < end; first = last) {
      while (last < end && tokens[last].line == tokens[first].line) ++last;
      add_line("r" + id + "_l" + std::to_string(number++), first, last);
    }
    text_ += "</TextRegion>\n";
  }

  void add_line(const std::string& id, size_t begin, size_t end) {
    text_ += "<TextLine id=\"" + id + "\">" + coords(box_of(begin, end)) + "\n";
    std::string all;
    for (size_t i = begin; i < end; ++i) {
      add_word(i);
      all += (all.empty() ? "" : " ") + std::string(page_.text.tokens()[i].text);
    }
    text_ += reading("", all) + "</TextLine>\n";
  }

  void add_word(size_t index) {
    const Token& token = page_.text.tokens()[index];
    const int piece = pieces_[token.word]++;  // a word that was split has several
    text_ += "<Word id=\"w" + std::to_string(token.word);
    if (piece > 0) text_ += "_" + std::to_string(piece);
    text_ += "\">" + coords(token.box);
    const std::string confidence = " conf=\"" + share_of_thousand(token.confidence) + "\"";
    const corpus::Word* word = page_.text.find(token.word);
    if (!token.corrected) {
      text_ += reading(confidence, token.text);
    } else {
      text_ += reading(" index=\"0\"", token.text);
      if (piece == 0 && word) text_ += reading(" index=\"1\"" + confidence, word->text);
    }
    text_ += labels_of(labels_[index]) + "</Word>\n";
  }

  corpus::Box box_of(size_t begin, size_t end) const {
    corpus::Box box;
    for (size_t i = begin; i < end; ++i) {
      box = corpus::united(box, page_.text.tokens()[i].box);
    }
    return box;
  }

  std::string reading_order() const {
    std::string xml = "<ReadingOrder><OrderedGroup id=\"order\">";
    for (size_t i = 0; i < regions_; ++i) {
      const std::string number = std::to_string(i);
      xml += "<RegionRefIndexed index=\"" + number + "\" regionRef=\"r" + number + "\"/>";
    }
    return xml + "</OrderedGroup></ReadingOrder>\n";
  }

  const ChosenPage& page_;
  LossReport& loss_;
  std::vector<std::vector<const Annotation*>> labels_;  // of each token
  std::map<corpus::WordId, int> pieces_;
  size_t regions_ = 0;
  std::string text_;
  std::string areas_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  PageArchive archive;
  archive.format = "page";
  archive.print = [](const ChosenPage& page, LossReport& loss) -> PageArchive::Entry {
    return {{page_stem(page.view) + ".xml", PageFile(page, loss).print()}, "images"};
  };
  return write_page_archive(archive, input, out);
}

}  // namespace

const ExportFormat kPageXml = {
    .name = "page",
    .ending = "page.tar",
    .media_type = "application/x-tar",
    .summary = "PAGE XML 2019-07-15 with both readings, a file for each page in a tar",
    .write = write,
};

}  // namespace dataset::detail
