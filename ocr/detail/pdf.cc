#include "ocr/detail/pdf.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ocr/detail/child.h"
#include "ocr/detail/pnm.h"

namespace ocr::detail {
namespace {

constexpr int kOpenSeconds = 8;
constexpr int kTextSeconds = 5;
constexpr int kDrawSeconds = 10;
constexpr double kMostPixels = 25e6;
constexpr double kLongestSide = 12'000;
constexpr int kNarrowest = 16;

ToolRun plan(const PdfContext& pdf, const char* program, int cpu_seconds) {
  ToolRun run;
  run.program = std::string("/usr/bin/") + program;
  run.input = pdf.input;
  run.mode = pdf.mode;
  run.cancelled = pdf.cancelled;
  run.limits.cpu_seconds = cpu_seconds;
  run.limits.wall_seconds = 10 * cpu_seconds;
  run.limits.memory_bytes = uint64_t{1} << 30;
  if (pdf.urgent) run.limits.niceness = kUrgentNiceness;
  if (!pdf.password.empty()) run.arguments = {"-upw", pdf.password};
  return run;
}

void add(ToolRun& run, std::initializer_list<std::string> arguments) {
  run.arguments.insert(run.arguments.end(), arguments);
}

// Errors of the document come back as data, those of the machine as errors.
bool is_machine_error(const base::Error& error) {
  return error.code != base::Code::limit && error.code != base::Code::invalid;
}

base::Result<ToolOutput> run(PdfContext& pdf, const ToolRun& plan) {
  auto output = run_tool(plan);
  if (output.ok()) pdf.cpu_seconds += output->cpu_seconds;
  return output;
}

Failure failure_of(const base::Error& error) {
  return {error.code == base::Code::limit ? kTimeout : kCrashed,
          "the PDF could not be read: " + error.what};
}

Failure why_not_opened(const PdfContext& pdf, const ToolOutput& output) {
  if (output.complaints.find("Incorrect password") != std::string::npos) {
    return {kEncrypted, pdf.password.empty() ? "the PDF is encrypted and needs its password"
                                             : "the PDF is encrypted with another password"};
  }
  return {kDamaged, "the PDF is damaged beyond repair"};
}

std::vector<TextPage> blank_pages(uint32_t first, uint32_t last) {
  return std::vector<TextPage>(last - first + 1);
}

base::Result<PdfLayers> read_layers_in_one_run(PdfContext& pdf, uint32_t first, uint32_t last) {
  const uint32_t count = last - first + 1;
  ToolRun tool = plan(pdf, "pdftotext", kTextSeconds + static_cast<int>(count / 20));
  add(tool, {"-cropbox", "-bbox-layout", "-f", std::to_string(first), "-l", std::to_string(last),
             kToolInput, "-"});
  const auto output = run(pdf, tool);
  PdfLayers layers{blank_pages(first, last), std::vector<bool>(count, false)};
  if (!output.ok()) {
    if (is_machine_error(output.error())) return output.error();
    layers.slow.assign(count, true);
    return layers;
  }
  std::vector<TextPage> pages = parse_bbox_layout(output->output);
  if (pages.size() == count) layers.pages = std::move(pages);
  return layers;
}

base::Result<std::vector<Drawn>> draw_run(PdfContext& pdf, uint32_t first, uint32_t count,
                                          const Drawing& drawing, MemoryFile& sheets) {
  ToolRun tool = plan(pdf, "pdftoppm", kDrawSeconds + static_cast<int>(count / 4));
  tool.answer_to = sheets.descriptor();
  const size_t before = TRY(sheets.written()).size();
  // The sizes that it takes are those before /Rotate.
  const int32_t x = drawing.on_its_side ? drawing.height : drawing.width;
  const int32_t y = drawing.on_its_side ? drawing.width : drawing.height;
  add(tool, {"-cropbox", "-f", std::to_string(first), "-l", std::to_string(first + count - 1),
             "-scale-to-x", std::to_string(x), "-scale-to-y", std::to_string(y), kToolInput});
  const auto output = run(pdf, tool);
  if (!output.ok() && is_machine_error(output.error())) return output.error();
  std::vector<Drawn> drawn(count);
  if (!output.ok()) {
    for (Drawn& page : drawn) page.failure = failure_of(output.error());
    return drawn;
  }
  const std::string_view all = TRY(sheets.written());
  const auto images = split_pnm(all.substr(before));
  if (!images || images->size() != count) {
    for (Drawn& page : drawn) page.failure = Failure{kDamaged, "the page could not be drawn"};
    return drawn;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const std::string_view image = (*images)[i];
    drawn[i].pnm = {static_cast<uint64_t>(image.data() - all.data()), image.size()};
  }
  return drawn;
}

bool all_failed(const std::vector<Drawn>& drawn) {
  return std::all_of(drawn.begin(), drawn.end(), [](const Drawn& d) { return d.failure; });
}

}  // namespace

base::Result<PdfOpening> open_pdf(PdfContext& pdf) {
  ToolRun tool = plan(pdf, "pdfinfo", kOpenSeconds);
  add(tool, {"-f", "1", "-l", "-1", kToolInput});
  const auto output = run(pdf, tool);
  if (!output.ok()) {
    if (is_machine_error(output.error())) return output.error();
    return PdfOpening{failure_of(output.error()), {}};
  }
  if (output->exit_status != 0) return PdfOpening{why_not_opened(pdf, *output), {}};
  auto info = parse_pdfinfo(output->output);
  if (!info) return PdfOpening{Failure{kDamaged, "the PDF holds no page of a usable size"}, {}};
  return PdfOpening{std::nullopt, std::move(info->pages)};
}

base::Result<PdfLayers> read_layers(PdfContext& pdf, uint32_t first, uint32_t last) {
  PdfLayers layers = TRY(read_layers_in_one_run(pdf, first, last));
  if (first == last || !layers.slow.front()) return layers;
  // One of them is at fault: find it, so that the others keep their text.
  for (uint32_t page = first; page <= last; ++page) {
    PdfLayers one = TRY(read_layers_in_one_run(pdf, page, page));
    layers.pages[page - first] = std::move(one.pages.front());
    layers.slow[page - first] = one.slow.front();
  }
  return layers;
}

base::Result<std::vector<ListedImage>> list_images(PdfContext& pdf, uint32_t first, uint32_t last) {
  ToolRun tool = plan(pdf, "pdfimages", kTextSeconds);
  add(tool, {"-list", "-f", std::to_string(first), "-l", std::to_string(last), kToolInput});
  const auto output = run(pdf, tool);
  if (output.ok()) return parse_pdfimages(output->output);
  if (is_machine_error(output.error())) return output.error();
  return std::vector<ListedImage>();
}

Drawing drawing_of(const PdfPage& page, int32_t wanted_dpi) {
  const double width = std::max(page.width, 1.0) / 72;
  const double height = std::max(page.height, 1.0) / 72;
  double dpi = wanted_dpi;
  dpi = std::min(dpi, std::sqrt(kMostPixels / (width * height)));
  dpi = std::min(dpi, kLongestSide / std::max(width, height));
  const auto pixels = [&](double inches) {
    return std::max(kNarrowest, static_cast<int32_t>(std::ceil(inches * dpi - 1e-6)));
  };
  return {pixels(width), pixels(height), std::max(1, static_cast<int32_t>(std::lround(dpi))),
          page.on_its_side};
}

base::Result<std::vector<Drawn>> draw_pages(PdfContext& pdf, uint32_t first,
                                            const std::vector<Drawing>& drawings,
                                            MemoryFile& sheets) {
  std::vector<Drawn> out;
  for (size_t at = 0; at < drawings.size();) {
    size_t end = at + 1;
    while (end < drawings.size() && drawings[end] == drawings[at]) ++end;
    const auto page = first + static_cast<uint32_t>(at);
    const auto count = static_cast<uint32_t>(end - at);
    std::vector<Drawn> drawn = TRY(draw_run(pdf, page, count, drawings[at], sheets));
    if (count > 1 && all_failed(drawn)) {
      for (uint32_t i = 0; i < count; ++i) {
        drawn[i] = std::move(TRY(draw_run(pdf, page + i, 1, drawings[at], sheets)).front());
      }
    }
    std::move(drawn.begin(), drawn.end(), std::back_inserter(out));
    at = end;
  }
  return out;
}

std::optional<std::vector<std::string_view>> split_pnm(std::string_view output) {
  std::vector<std::string_view> images;
  while (!output.empty()) {
    const auto header = parse_pnm(output);
    if (!header) return std::nullopt;
    images.push_back(output.substr(0, header->size));
    output.remove_prefix(header->size);
  }
  return images;
}

}  // namespace ocr::detail
