#include "ocr/pipeline.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <future>
#include <mutex>

#include "ocr/detail/page_reader.h"
#include "ocr/detail/pdf.h"

namespace ocr {
namespace {

using detail::PageJob;
using detail::PageReader;
using detail::PdfContext;

constexpr int32_t kUsualDpi = 200;
constexpr int32_t kLeastDpi = 150;
constexpr int32_t kMostDpi = 300;
constexpr double kCoveringInches = 4;        // an image this wide is the scan of the page
constexpr uint64_t kRunPixels = 32'000'000;  // drawn at once, three bytes each
constexpr uint32_t kFirstBatchPages = 20;
constexpr uint32_t kBatchPages = 100;

base::Error cancelled() {
  return {base::Code::conflict, "cancelled"};
}

bool is_cancelled(const ReadEvents& events) {
  return events.cancelled && events.cancelled();
}

// Names reach the file system as part of a path: letters, digits and '_' only.
base::Result<void> check_languages(const std::vector<std::string>& languages) {
  if (languages.empty()) return base::Error{base::Code::invalid, "no language is set"};
  for (const std::string& language : languages) {
    const bool plain =
        !language.empty() && std::all_of(language.begin(), language.end(), [](char c) {
          return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        });
    if (!plain) return base::Error{base::Code::invalid, "\"" + language + "\" is no language"};
  }
  return {};
}

struct Head {
  std::string bytes;
  uint64_t size = 0;
};

base::Result<Head> read_head(int input) {
  struct stat status = {};
  if (fstat(input, &status) != 0) return base::system_error("look at the input", "");
  Head head{std::string(kHeadSize, '\0'), static_cast<uint64_t>(status.st_size)};
  const ssize_t got = pread(input, head.bytes.data(), head.bytes.size(), 0);
  if (got < 0) return base::system_error("read the input", "");
  head.bytes.resize(static_cast<size_t>(got));
  return head;
}

Failure too_many_pages(uint64_t pages, uint32_t limit) {
  return {kTooManyPages, "the document has " + std::to_string(pages) + " pages; the limit is " +
                             std::to_string(limit)};
}

// ---- image files

PageJob image_job(Format format, uint32_t index, const ReadSettings& settings) {
  PageJob job;
  job.number = index + 1;
  job.request.format = name_of(format);
  job.request.index = index;
  job.request.max_pixels = settings.limits.page_pixels;
  job.request.fast = settings.profile == Profile::fast;
  job.request.words_only = settings.words_only;
  return job;
}

base::Result<std::optional<Failure>> read_images(PageReader& reader, Format format,
                                                 const ReadSettings& settings,
                                                 const ReadEvents& events) {
  uint32_t total = 1;
  if (format == Format::tiff) {
    const detail::ProbeReply probe = TRY(reader.probe(format));
    if (probe.failure) return std::optional<Failure>(probe.failure);
    total = probe.pages;
  }
  if (total > settings.limits.pages) {
    return std::optional<Failure>(too_many_pages(total, settings.limits.pages));
  }
  const uint32_t first = std::min(settings.pages_done, total);
  TRY(reader.read(total - first, total, [&](size_t i) -> base::Result<std::vector<PageJob>> {
    if (is_cancelled(events)) return cancelled();
    return std::vector<PageJob>{image_job(format, first + static_cast<uint32_t>(i), settings)};
  }));
  return std::optional<Failure>();
}

// ---- PDF

// Points of the text layer as pixels of the drawing.
std::vector<detail::LayerWord> placed_layer(const detail::TextPage& layer,
                                            const detail::PdfPage& page,
                                            const detail::Drawing& drawing) {
  std::vector<detail::LayerWord> out;
  if (page.width <= 0 || page.height <= 0) return out;
  const double sx = drawing.width / page.width;
  const double sy = drawing.height / page.height;
  const auto within = [](double value, int32_t most) {
    return static_cast<int32_t>(std::clamp<double>(value, 0, most));
  };
  for (const detail::TextWord& word : layer.words) {
    const corpus::Box box{within(word.x0 * sx, drawing.width), within(word.y0 * sy, drawing.height),
                          within(word.x1 * sx + 0.999, drawing.width),
                          within(word.y1 * sy + 0.999, drawing.height)};
    if (!box.empty()) out.push_back({word.block, word.line, box, word.text});
  }
  return out;
}

// Reads a PDF in batches: the text of many pages in one run of poppler, and drawings in runs as
// memory allows, so that some pages are drawn while others are read. The text of the next batch is
// fetched meanwhile.
class PdfReading {
 public:
  PdfReading(PageReader& reader, PdfContext& pdf, const ReadSettings& settings,
             const ReadEvents& events)
      : reader_(reader), pdf_(pdf), settings_(settings), events_(events) {}

  base::Result<std::optional<Failure>> read() {
    detail::PdfOpening opening = TRY(open_pdf(pdf_));
    if (opening.refusal) return std::optional<Failure>(opening.refusal);
    if (opening.pages.size() > settings_.limits.pages) {
      return std::optional<Failure>(too_many_pages(opening.pages.size(), settings_.limits.pages));
    }
    pages_ = std::move(opening.pages);
    if (settings_.pages_done < pages_.size()) {
      TRY(read_batches(settings_.pages_done + 1));
    }
    return std::optional<Failure>();
  }

 private:
  struct Batch {
    uint32_t first = 1;
    detail::PdfLayers layers;
    std::vector<detail::Drawing> drawings;
    std::vector<bool> scans;     // pages that an image covers
    std::vector<uint32_t> ends;  // of the runs

    uint32_t end() const { return first + static_cast<uint32_t>(drawings.size()); }
  };

  base::Result<void> read_batches(uint32_t first) {
    // The first is small: somebody may wait for its first page.
    Batch batch = TRY(prepare(first, kFirstBatchPages));
    while (true) {
      std::future<base::Result<Batch>> next;
      if (batch.end() <= pages_.size()) {
        next = std::async(std::launch::async,
                          [this, at = batch.end()] { return prepare(at, kBatchPages); });
      }
      TRY(reader_.read(batch.ends.size(), static_cast<uint32_t>(pages_.size()),
                       [&](size_t run) { return jobs_of(batch, run); }));
      if (!next.valid()) return {};
      batch = TRY(next.get());
    }
  }

  // Runs of poppler are made on several threads, each with what it has used up on its own.
  template <typename Work>
  auto with_pdf(uint32_t first, const Work& work) {
    PdfContext pdf{pdf_.input, pdf_.password, pdf_.mode, pdf_.cancelled,
                   first <= settings_.urgent_pages};
    auto result = work(pdf);
    const std::lock_guard lock(cpu_mutex_);
    pdf_.cpu_seconds += pdf.cpu_seconds;
    return result;
  }

  base::Result<Batch> prepare(uint32_t first, uint32_t most) {
    const uint32_t count = std::min(most, static_cast<uint32_t>(pages_.size()) - first + 1);
    return with_pdf(first, [&](PdfContext& pdf) -> base::Result<Batch> {
      Batch batch{
          first, {std::vector<detail::TextPage>(count), std::vector<bool>(count)}, {}, {}, {}};
      if (settings_.use_text_layer) batch.layers = TRY(read_layers(pdf, first, first + count - 1));
      for (detail::TextPage& page : batch.layers.pages) {
        if (!looks_mapped(page.words)) page.words.clear();
      }
      TRY(choose_drawings(pdf, batch));
      for (uint32_t at = 0; at < count; at = batch.ends.back()) {
        batch.ends.push_back(end_of_run(batch, at));
      }
      return batch;
    });
  }

  // On a thread of the reader.
  base::Result<std::vector<PageJob>> jobs_of(const Batch& batch, size_t run) {
    if (is_cancelled(events_)) return cancelled();
    const uint32_t begin = run == 0 ? 0 : batch.ends[run - 1];
    const std::vector<detail::Drawing> drawings(batch.drawings.begin() + begin,
                                                batch.drawings.begin() + batch.ends[run]);
    const auto sheets = TRY(sheets_.borrow());
    auto drawn = TRY(with_pdf(batch.first + begin, [&](PdfContext& pdf) {
      return draw_pages(pdf, batch.first + begin, drawings, *sheets);
    }));
    const std::string_view all = TRY(sheets->written());
    std::vector<PageJob> jobs;
    for (detail::Drawn& page : drawn) {
      const uint32_t i = begin + static_cast<uint32_t>(jobs.size());
      PageJob job = job_for(batch.first + i, batch.drawings[i], batch.layers.pages[i]);
      job.failure = std::move(page.failure);
      job.sheets = sheets;
      job.request.extent = page.pnm;
      job.pnm = all.substr(page.pnm.at, page.pnm.size);
      jobs.push_back(std::move(job));
    }
    return jobs;
  }

  // Born digital pages at the usual resolution, scans at their own.
  base::Result<void> choose_drawings(PdfContext& pdf, Batch& batch) {
    const auto& layers = batch.layers;
    std::vector<int32_t> dpi(layers.pages.size(), kUsualDpi);
    batch.scans.assign(dpi.size(), false);
    bool asks = false;
    for (size_t i = 0; i < dpi.size(); ++i) {
      asks |= layers.pages[i].words.empty() && !layers.slow[i];
    }
    if (asks) {
      const auto last = batch.first + static_cast<uint32_t>(dpi.size()) - 1;
      for (const detail::ListedImage& image : TRY(list_images(pdf, batch.first, last))) {
        const size_t i = image.page - batch.first;
        if (image.page < batch.first || i >= dpi.size() || !layers.pages[i].words.empty()) continue;
        const double inches = std::min(kCoveringInches, pages_[image.page - 1].width / 72 * 0.6);
        if (image.width_inches < inches) continue;
        dpi[i] = std::clamp(image.dpi, kLeastDpi, kMostDpi);
        batch.scans[i] = true;
      }
    }
    for (size_t i = 0; i < dpi.size(); ++i) {
      batch.drawings.push_back(detail::drawing_of(pages_[batch.first - 1 + i], dpi[i]));
    }
    return {};
  }

  // The first page goes alone, since somebody may wait for it, and so do scans, which take far
  // longer to read than to draw.
  uint32_t end_of_run(const Batch& batch, uint32_t at) const {
    uint64_t pixels = 0;
    uint32_t end = at;
    while (end < batch.drawings.size()) {
      const detail::Drawing& drawing = batch.drawings[end];
      pixels += static_cast<uint64_t>(drawing.width) * static_cast<uint64_t>(drawing.height);
      const bool alone = batch.first + end == 1 || batch.scans[end];
      if (end > at && (alone || pixels > kRunPixels)) break;
      ++end;
      if (alone) break;
    }
    return end;
  }

  PageJob job_for(uint32_t number, const detail::Drawing& drawing,
                  const detail::TextPage& layer) const {
    PageJob job;
    job.number = number;
    job.request.format = "pnm";
    job.request.max_pixels = settings_.limits.page_pixels;
    job.request.fast = settings_.profile == Profile::fast;
    job.request.words_only = settings_.words_only;
    job.request.is_render = true;
    job.request.dpi = drawing.dpi;
    job.request.layer = placed_layer(layer, pages_[number - 1], drawing);
    return job;
  }

  PageReader& reader_;
  PdfContext& pdf_;
  const ReadSettings& settings_;
  const ReadEvents& events_;
  std::vector<detail::PdfPage> pages_;
  detail::MemoryFiles sheets_;
  std::mutex cpu_mutex_;
};

base::Result<std::optional<Failure>> read_pdf(WorkerPool& pool, PageReader& reader, int input,
                                              const ReadSettings& settings,
                                              const ReadEvents& events) {
  PdfContext pdf{input, settings.password, pool.options().mode, events.cancelled,
                 settings.urgent_pages > 0};
  auto refusal = PdfReading(reader, pdf, settings, events).read();
  reader.reading().cpu_seconds += pdf.cpu_seconds;
  return refusal;
}

}  // namespace

base::Json describe(const ReadSettings& settings) {
  base::Json languages = base::Json::array();
  for (const std::string& language : settings.languages) languages.push(language);
  return base::Json::object({{"languages", std::move(languages)},
                             {"profile", settings.profile == Profile::fast ? "fast" : "accurate"},
                             {"use_text_layer", settings.use_text_layer}});
}

std::string pipeline_version() {
  return find_line_detector().empty() ? "5 without line detector" : "5";
}

base::Result<DocumentReading> read_document(WorkerPool& pool, int input,
                                            const ReadSettings& settings,
                                            const ReadEvents& events) {
  TRY(check_languages(settings.languages));
  const Head head = TRY(read_head(input));
  PageReader reader(pool, input, settings, events);
  DocumentReading& reading = reader.reading();
  reading.next_word = settings.first_word;
  reading.pages = settings.pages_done;
  const Identity identity = identify(head.bytes);
  reading.format = identity.format;
  if (!identity.format) {
    reading.refusal = Failure{identity.code, identity.reason};
  } else if (is_archive(*identity.format)) {
    reading.refusal = Failure{kUnsupported, "this is an archive, not a document"};
  } else if (head.size > settings.limits.input_bytes) {
    reading.refusal =
        Failure{kTooLarge, "the file has " + std::to_string(head.size) + " bytes; the limit is " +
                               std::to_string(settings.limits.input_bytes)};
  } else if (*identity.format == Format::pdf) {
    reading.refusal = TRY(read_pdf(pool, reader, input, settings, events));
  } else {
    reading.refusal = TRY(read_images(reader, *identity.format, settings, events));
  }
  return std::move(reading);
}

}  // namespace ocr
