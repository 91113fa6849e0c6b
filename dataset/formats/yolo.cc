// YOLO detection (https://docs.ultralytics.com/datasets/detect): a tar of images/<part>/ and
// labels/<part>/ with a line for each box (class, centre and size in shares of the page), and
// data.yaml. Areas are boxes throughout: Ultralytics cannot mix boxes and polygons in a file.
#include <set>

#include "dataset/detail/categories.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"
#include "dataset/detail/shape.h"

namespace dataset::detail {
namespace {

using base::Result;
using corpus::Annotation;

// half / (2 * whole) with six decimals, rounded; integers, so that every machine prints the same.
std::string share(int64_t doubled, int64_t whole) {
  constexpr int64_t kMillion = 1'000'000;
  const int64_t millionths = (doubled * kMillion + whole) / (2 * whole);
  const std::string digits = std::to_string(millionths % kMillion);
  return std::to_string(millionths / kMillion) + "." + std::string(6 - digits.size(), '0') + digits;
}

std::string box_line(size_t category, const corpus::Box& box, const corpus::Page& page) {
  return std::to_string(category) + " " + share(int64_t{box.x0} + box.x1, page.width) + " " +
         share(int64_t{box.y0} + box.y1, page.height) + " " +
         share(int64_t{2} * box.width(), page.width) + " " +
         share(int64_t{2} * box.height(), page.height) + "\n";
}

class YoloExport {
 public:
  explicit YoloExport(const ExportInput& input) : categories_(input.schema) {}

  PageArchive::Entry print(const ChosenPage& page, LossReport& loss) {
    const std::string part = usual_part(page.view.document.split);
    parts_.insert(part);
    std::string lines;
    for (const Annotation* annotation : page.annotations) lines += line_of(*annotation, page, loss);
    return {{"labels/" + part + "/" + page_stem(page.view) + ".txt", lines}, "images/" + part};
  }

  // Trainers want both train and val; paths are relative to this file.
  ArchiveFile data_yaml() const {
    std::string text;
    for (const std::string& part : parts_) text += part + ": images/" + part + "\n";
    if (!parts_.contains("train")) text += "train: images/" + stand_in("val") + "\n";
    if (!parts_.contains("val")) text += "val: images/" + stand_in("test") + "\n";
    text += "names:\n";
    for (size_t i = 0; i < categories_.list().size(); ++i) {
      text += "  " + std::to_string(i) + ": \"" + categories_.list()[i].name + "\"\n";
    }
    return {"data.yaml", text};
  }

 private:
  std::string stand_in(const std::string& wanted) const {
    if (parts_.empty() || parts_.contains(wanted)) return wanted;
    return *parts_.begin();
  }

  std::string line_of(const Annotation& annotation, const ChosenPage& page, LossReport& loss) {
    const auto lose = [&](std::string_view reason) {
      loss.lose(std::string(reason));
      return std::string();
    };
    if (!has_a_place(annotation.type)) return lose(corpus::name_of(annotation.type));
    const auto category = categories_.of(annotation);
    if (!category) return lose("label that is not in the schema");
    const auto shape = shape_of(annotation, page.text);
    if (!shape) return lose("annotation without a place on its page");
    loss.lose("rows and columns of a table", annotation.type == corpus::AnnotationType::table);
    loss.lose("corners of a polygon", !annotation.polygon.empty());
    loss.lose("words of an annotation", !annotation.words.empty());
    note_details(annotation, kKeepsNothing, loss);
    ++loss.annotations;
    return box_line(*category, shape->box, page.view.page());
  }

  const Categories categories_;
  std::set<std::string> parts_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  YoloExport yolo(input);
  PageArchive archive;
  archive.format = "yolo";
  archive.print = [&](const ChosenPage& page, LossReport& loss) { return yolo.print(page, loss); };
  archive.last = [&] { return yolo.data_yaml(); };
  return write_page_archive(archive, input, out);
}

}  // namespace

const ExportFormat kYolo = {
    .name = "yolo",
    .ending = "yolo.tar",
    .media_type = "application/x-tar",
    .summary = "YOLO detection: images, labels and data.yaml in a tar",
    .write = write,
};

}  // namespace dataset::detail
