#include "server/flow/document_text.h"

#include "base/bytes.h"
#include "ocr/searchable_pdf.h"
#include "server/flow/document_files.h"
#include "server/flow/spool.h"

namespace server {
namespace {

constexpr char kPdf[] = "application/pdf";

// The document in one revision, and where its bytes lie.
class Reading {
 public:
  static Result<Reading> open(Services& services, const OpenProject& project,
                              const vcs::Snapshot& tip, const corpus::DocumentId& id) {
    Reading reading(services, project, DocumentFiles(tip, project.fan_out, id));
    reading.document_ = TRY(as_stored(reading.files_.document()));
    return reading;
  }

  const corpus::Document& document() const { return document_; }
  size_t pages() const { return document_.pages.size(); }

  // Of a page that was read; none for one that was not.
  Result<std::vector<corpus::Word>> words(size_t index) const {
    if (document_.pages[index].failed()) return std::vector<corpus::Word>();
    return files_.words(static_cast<corpus::PageNumber>(index + 1));
  }

  Result<std::unique_ptr<storage::BlobReader>> source() const { return blob(document_.source); }

  Result<std::string> image(size_t index) const {
    const corpus::StoredFile& image = document_.pages[index].image;
    if (image.size == 0) return std::string();
    return TRY(blob(image))->read_whole(services_.config.read_limits.input_bytes);
  }

  std::string name_with(std::string_view extension) const {
    const bool named = !document_.sources.empty() && !document_.sources[0].file_name.empty();
    const base::Path name = named ? document_.sources[0].file_name : document_.id.hex;
    return name.stem().string() + '.' + std::string(extension);
  }

 private:
  Reading(Services& services, const OpenProject& project, DocumentFiles files)
      : services_(services), project_(project), files_(std::move(files)) {}

  Result<std::unique_ptr<storage::BlobReader>> blob(const corpus::StoredFile& file) const {
    return services_.blobs->open(project_.project.organisation_slug, {file.md5, false});
  }

  Services& services_;
  const OpenProject& project_;
  DocumentFiles files_;
  corpus::Document document_;
};

corpus::TextPage text_page(const Reading& reading, size_t index, std::vector<corpus::Word> words) {
  const corpus::Page& page = reading.document().pages[index];
  const auto number = static_cast<corpus::PageNumber>(index + 1);
  std::string image;
  if (page.image.size > 0) {
    image = corpus::page_image_name(number, corpus::extension_of(page.image.media_type));
  }
  return {number, page.width, page.height, page.dpi, std::move(image), std::move(words)};
}

ocr::SearchablePage searchable_page(const Reading& reading, size_t index,
                                    std::vector<corpus::Word> words) {
  const corpus::Page& page = reading.document().pages[index];
  return {page.width,
          page.height,
          page.dpi,
          page.rotation,
          page.text == corpus::TextOrigin::text_layer,
          std::move(words)};
}

// With or without the page images: a PDF that is kept as it is needs none.
Result<ocr::SearchablePdf> gather(Services& services, const Reading& reading, bool with_images) {
  auto pdf = TRY(ocr::SearchablePdf::create(services.config.data / "tmp"));
  for (size_t i = 0; i < reading.pages(); ++i) {
    const std::string image = with_images ? TRY(reading.image(i)) : std::string();
    TRY(pdf.add(searchable_page(reading, i, TRY(reading.words(i))), image));
  }
  return pdf;
}

// Nothing if the source can't be kept.
Result<std::optional<Spool>> keep_source(Services& services, const Reading& reading) {
  const auto pdf = TRY(gather(services, reading, false));
  Spool spool = TRY(Spool::create(services.config.data / "tmp"));
  const auto source = TRY(reading.source());
  const auto refusal =
      TRY(pdf.write_onto(*services.readers, source->descriptor(),
                         [&](std::string_view chunk) { return spool.append(chunk); }));
  return refusal ? std::nullopt : std::optional<Spool>(std::move(spool));
}

Result<Spool> show_images(Services& services, const Reading& reading) {
  const auto pdf = TRY(gather(services, reading, true));
  Spool spool = TRY(Spool::create(services.config.data / "tmp"));
  const auto refusal = TRY(pdf.write_images(
      *services.readers, [&](std::string_view chunk) { return spool.append(chunk); }));
  if (refusal) {
    return base::Error{base::Code::internal, "the searchable PDF failed: " + refusal->reason};
  }
  return spool;
}

Result<TextFile> finish(Spool spool, std::string_view media_type, std::string file_name) {
  auto [fd, size] = TRY(std::move(spool).take());
  return TextFile{std::move(fd), size, std::string(media_type), std::move(file_name)};
}

}  // namespace

Result<TextFile> write_text(Services& services, const OpenProject& project,
                            const vcs::Snapshot& tip, const corpus::DocumentId& id,
                            corpus::TextFormat format) {
  const Reading reading = TRY(Reading::open(services, project, tip, id));
  const corpus::TextFormatInfo& info = corpus::info_of(format);
  Spool spool = TRY(Spool::create(services.config.data / "tmp"));
  const auto& sources = reading.document().sources;
  TRY(spool.append(corpus::begin_text(format, {sources.empty() ? id.hex : sources[0].file_name})));
  for (size_t i = 0; i < reading.pages(); ++i) {
    if (reading.document().pages[i].failed()) continue;
    const auto page = text_page(reading, i, TRY(reading.words(i)));
    TRY(spool.append(corpus::print_text(format, page)));
  }
  TRY(spool.append(corpus::end_text(format)));
  return finish(std::move(spool), info.media_type, reading.name_with(info.extension));
}

Result<TextFile> write_searchable_pdf(Services& services, const OpenProject& project,
                                      const vcs::Snapshot& tip, const corpus::DocumentId& id) {
  const Reading reading = TRY(Reading::open(services, project, tip, id));
  std::optional<Spool> spool;
  if (reading.document().source.media_type == kPdf) spool = TRY(keep_source(services, reading));
  if (!spool) spool = TRY(show_images(services, reading));
  return finish(std::move(*spool), kPdf, reading.name_with("pdf"));
}

}  // namespace server
