#include "ocr/searchable_pdf.h"

#include <fcntl.h>

#include <algorithm>

#include "base/random.h"
#include "ocr/detail/pdf.h"
#include "ocr/detail/worker.h"
#include "ocr/page_image.h"

namespace ocr {
namespace {

using detail::PdfPageRequest;
using detail::StreamStep;

constexpr uint64_t kMostWritten = uint64_t{8} << 30;
constexpr uint32_t kLayersAtOnce = 100;  // pages whose own text is looked at in one run

// Sends the pages and takes the PDF; a failure of the document is data.
base::Result<std::optional<Failure>> converse(Worker& worker, bool onto, int input,
                                              const std::vector<PdfPageRequest>& pages,
                                              const PdfSink& sink) {
  TRY(worker.ask(
      base::Json::object({{"verb", "searchable"}, {"onto", onto}, {"pages", pages.size()}}),
      input));
  for (const PdfPageRequest& page : pages) TRY(worker.tell(to_json(page)));
  uint64_t written = 0;
  while (true) {
    const detail::Frame frame = TRY(worker.next());
    const StreamStep step = TRY(detail::parse_stream_step(frame.json));
    if (step.kind == StreamStep::Kind::failed) return step.failure;
    if (step.kind == StreamStep::Kind::done) return std::optional<Failure>();
    written += frame.bytes.size();
    if (step.kind != StreamStep::Kind::bytes || written > kMostWritten) {
      return base::Error{base::Code::invalid, "a worker's answer is malformed: out of turn"};
    }
    TRY(sink(frame.bytes));
  }
}

base::Result<std::optional<Failure>> write(WorkerPool& pool, bool onto, int input,
                                           const std::vector<PdfPageRequest>& pages,
                                           const PdfSink& sink) {
  auto lease = TRY(pool.lease("eng"));
  auto refusal = converse(*lease, onto, input, pages, sink);
  if (refusal.ok()) return refusal;
  if (!lease->healthy()) return std::optional<Failure>(detail::failure_of(lease->ending()));
  lease->abandon();  // what it still says is no answer to the next request
  return refusal;
}

// Whether the middle of the word lies on one of the page's own.
bool is_there(const corpus::Word& word, const SearchablePage& page, const detail::PdfPage& shown,
              const std::vector<detail::TextWord>& own) {
  const bool on_its_side = page.rotation % 180 != 0;
  StoredFrame frame;
  frame.width = on_its_side ? page.height : page.width;
  frame.height = on_its_side ? page.width : page.height;
  frame.rotation = page.rotation;
  const corpus::Box box = to_stored(word.box, frame, page.width, page.height);
  const double x = (box.x0 + box.x1) / 2.0 * shown.width / frame.width;
  const double y = (box.y0 + box.y1) / 2.0 * shown.height / frame.height;
  return std::any_of(own.begin(), own.end(), [&](const detail::TextWord& w) {
    return x >= w.x0 && x <= w.x1 && y >= w.y0 && y <= w.y1;
  });
}

// What the page does not say itself. Text whose characters mean nothing is not believed.
std::vector<corpus::Word> missing_words(const SearchablePage& page, const detail::PdfPage& shown,
                                        const detail::TextPage& own) {
  if (page.has_own_text) return {};
  if (own.words.empty() || !looks_mapped(own.words)) return page.words;
  std::vector<corpus::Word> out;
  for (const corpus::Word& word : page.words) {
    if (!is_there(word, page, shown, own.words)) out.push_back(word);
  }
  return out;
}

PdfPageRequest request_of(const SearchablePage& page, std::vector<corpus::Word> words) {
  PdfPageRequest request;
  request.width = page.width;
  request.height = page.height;
  request.dpi = page.dpi;
  request.rotation = page.rotation;
  request.words = std::move(words);
  return request;
}

}  // namespace

base::Result<SearchablePdf> SearchablePdf::create(const base::Path& directory) {
  const base::Path path = directory / ("searchable-" + base::random_token(8));
  base::UniqueFd written = TRY(base::open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
  base::UniqueFd read = TRY(base::open_file(path, O_RDONLY));  // for the worker, which may no more
  TRY(base::remove_file(path));                                // lives as long as the descriptors
  return SearchablePdf(std::move(written), std::move(read));
}

base::Result<void> SearchablePdf::add(SearchablePage page, std::string_view image) {
  TRY(base::write_all(written_.get(), image));
  entries_.push_back({std::move(page), images_size_, image.size()});
  images_size_ += image.size();
  return {};
}

base::Result<std::optional<Failure>> SearchablePdf::write_onto(WorkerPool& pool, int source,
                                                               const PdfSink& sink) const {
  detail::PdfContext pdf{source, {}, pool.options().mode, {}};
  const detail::PdfOpening opening = TRY(open_pdf(pdf));
  if (opening.refusal) return opening.refusal;
  if (opening.pages.size() != entries_.size()) {
    return std::optional<Failure>({kDamaged, "the PDF's pages are counted differently"});
  }
  std::vector<PdfPageRequest> pages;
  for (size_t first = 0; first < entries_.size(); first += kLayersAtOnce) {
    const size_t end = std::min(entries_.size(), first + kLayersAtOnce);
    const bool asks =
        std::any_of(entries_.begin() + static_cast<ptrdiff_t>(first),
                    entries_.begin() + static_cast<ptrdiff_t>(end),
                    [](const Entry& e) { return !e.page.has_own_text && !e.page.words.empty(); });
    detail::PdfLayers layers;
    if (asks) {
      layers = TRY(read_layers(pdf, static_cast<uint32_t>(first + 1), static_cast<uint32_t>(end)));
    } else {
      layers.pages.resize(end - first);
    }
    for (size_t i = first; i < end; ++i) {
      const SearchablePage& page = entries_[i].page;
      pages.push_back(
          request_of(page, missing_words(page, opening.pages[i], layers.pages[i - first])));
    }
  }
  return write(pool, true, source, pages, sink);
}

base::Result<std::optional<Failure>> SearchablePdf::write_images(WorkerPool& pool,
                                                                 const PdfSink& sink) const {
  std::vector<PdfPageRequest> pages;
  for (const Entry& entry : entries_) {
    PdfPageRequest request = request_of(entry.page, entry.page.words);
    request.image_at = entry.image_at;
    request.image_size = entry.image_size;
    pages.push_back(std::move(request));
  }
  return write(pool, false, read_.get(), pages, sink);
}

}  // namespace ocr
