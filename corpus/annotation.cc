#include "corpus/annotation.h"

#include <algorithm>
#include <unordered_map>

#include "corpus/detail/json_lines.h"
#include "corpus/detail/object_reader.h"
#include "corpus/detail/read_back.h"

namespace corpus {
namespace {

constexpr detail::LineLimits kLimits{kMaxAnnotationFileBytes, kMaxAnnotationLineBytes,
                                     kMaxAnnotationsPerFile};

}  // namespace

std::vector<Annotation> ParsedAnnotations::values() const {
  std::vector<Annotation> out;
  out.reserve(lines.size());
  for (const AnnotationLine& line : lines) out.push_back(line.annotation);
  return out;
}

ParsedAnnotations parse_annotations(std::string_view text, std::string path) {
  ParsedAnnotations out{{}, Diagnostics(std::move(path))};
  std::unordered_map<AnnotationId, uint32_t> line_of;
  detail::for_each_json_line(text, kLimits, out.problems, [&](base::Json json) {
    auto annotation = annotation_from_json(json, out.problems);
    if (!annotation) return;
    const auto [known, is_new] = line_of.try_emplace(annotation->id, json.at().line);
    if (is_new) {
      out.lines.push_back({std::move(*annotation), std::move(json)});
    } else {
      out.problems.add(
          json.find("id")->at(),
          "the id " + annotation->id.text + " is already in line " + std::to_string(known->second));
    }
  });
  return out;
}

base::Result<std::vector<Annotation>> read_annotations(std::string_view text) {
  ParsedAnnotations parsed = parse_annotations(text);
  if (!parsed.ok()) return first_error(parsed.problems);
  std::vector<Annotation> out;
  out.reserve(parsed.lines.size());
  for (AnnotationLine& line : parsed.lines) out.push_back(std::move(line.annotation));
  return out;
}

std::string print_annotation(const Annotation& annotation) {
  return to_json(annotation).print();
}

std::string print_annotations(std::vector<Annotation> annotations) {
  std::sort(annotations.begin(), annotations.end(),
            [](const Annotation& a, const Annotation& b) { return a.id < b.id; });
  std::string out;
  for (const Annotation& annotation : annotations) {
    to_json(annotation).print_to(out);
    out += '\n';
  }
  return out;
}

base::Result<std::string> write_annotations(std::vector<Annotation> annotations) {
  const size_t count = annotations.size();
  auto text = print_annotations(std::move(annotations));
  text = TRY(detail::within_limits(std::move(text), count, kLimits));
  return detail::if_readable(std::move(text), read_annotations);
}

}  // namespace corpus
