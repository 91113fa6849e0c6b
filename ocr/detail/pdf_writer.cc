#include "ocr/detail/pdf_writer.h"

// qpdf's headers ask which of its two kinds of pointers is meant: the standard's.
#define POINTERHOLDER_TRANSITION 4

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "ocr/detail/decode.h"
#include "ocr/detail/glyphless_font.h"
#include "ocr/detail/pdf_image.h"
#include "ocr/detail/text_layer.h"
#include "ocr/detail/wire.h"
#include "ocr/identify.h"

namespace ocr::detail {
namespace {

using Object = QPDFObjectHandle;
using Rectangle = QPDFObjectHandle::Rectangle;

constexpr int64_t kMostPages = 100'000;
constexpr size_t kChunk = size_t{1} << 20;
constexpr double kA4Long = 842;      // points: a scan that does not tell its resolution is a page
constexpr double kLongest = 14'400;  // what readers take for a page (ISO 32000-1, annex C)
constexpr uint64_t kMostDecodedPixels = 120'000'000;

// What stops the writing besides qpdf's own exceptions.
struct Refused : std::exception {
  explicit Refused(Failure why) : failure(std::move(why)) {}
  const char* what() const noexcept override { return failure.reason.c_str(); }
  Failure failure;
};

// Sends what qpdf writes, in large pieces.
class ToServer : public Pipeline {
 public:
  explicit ToServer(int socket) : Pipeline("server", nullptr), socket_(socket) {}
  void write(const unsigned char* data, size_t size) override {
    pending_.append(reinterpret_cast<const char*>(data), size);
    if (pending_.size() >= kChunk) send();
  }
  void finish() override {
    if (!pending_.empty()) send();
  }

 private:
  void send() {
    const StreamStep step{StreamStep::Kind::bytes, {}, 0, {}};
    if (!send_frame(socket_, to_json(step), pending_).ok()) throw std::runtime_error("gone");
    pending_.clear();
  }
  int socket_;
  std::string pending_;
};

// Parts of the input file, read when qpdf writes the stream.
class StoredData : public Object::StreamDataProvider {
 public:
  explicit StoredData(std::vector<std::string_view> parts) : parts_(std::move(parts)) {}
  void provideStreamData(QPDFObjGen const&, Pipeline* out) override {
    for (const std::string_view part : parts_) {
      out->write(reinterpret_cast<const unsigned char*>(part.data()), part.size());
    }
    out->finish();
  }

 private:
  std::vector<std::string_view> parts_;
};

using Matrix = std::array<double, 6>;

std::string print(const Matrix& matrix) {
  std::string out;
  for (const double value : matrix) {
    char text[48];
    std::snprintf(text, sizeof(text), "%.6g ", value);
    out += text;
  }
  return out + "cm\n";
}

Rectangle normal(Rectangle r) {
  return {std::min(r.llx, r.urx), std::min(r.lly, r.ury), std::max(r.llx, r.urx),
          std::max(r.lly, r.ury)};
}

// The part of the page that is shown, as poppler sees it.
Rectangle shown_part(QPDFPageObjectHelper& page) {
  Object media = page.getMediaBox(false);
  const Rectangle whole = media.isRectangle() ? normal(media.getArrayAsRectangle())
                                              : Rectangle(0, 0, 612, 792);  // US letter
  Object crop = page.getCropBox(false);
  if (!crop.isRectangle()) return whole;
  const Rectangle r = normal(crop.getArrayAsRectangle());
  const Rectangle both(std::max(r.llx, whole.llx), std::max(r.lly, whole.lly),
                       std::min(r.urx, whole.urx), std::min(r.ury, whole.ury));
  return both.llx < both.urx && both.lly < both.ury ? both : whole;
}

int quarters_of(QPDFPageObjectHelper& page) {
  Object rotate = page.getAttribute("/Rotate", false);
  const int64_t degrees = rotate.isInteger() ? rotate.getIntValue() : 0;
  return static_cast<int>((degrees / 90 % 4 + 4) % 4);
}

// From pixels of the canonical image, origin at its lower left, to the page's own space, which was
// turned clockwise by `quarters` to become that image.
Matrix placement(const Rectangle& on, int quarters, int32_t width, int32_t height) {
  const double w = on.urx - on.llx, h = on.ury - on.lly;
  const double x = width, y = height;
  switch (quarters % 4) {
    case 1:
      return {0, h / x, -w / y, 0, on.urx, on.lly};
    case 2:
      return {-w / x, 0, 0, -h / y, on.urx, on.ury};
    case 3:
      return {0, -h / x, w / y, 0, on.llx, on.ury};
    default:
      return {w / x, 0, 0, h / y, on.llx, on.lly};
  }
}

// The document that is being written.
class Searchable {
 public:
  explicit Searchable(std::string_view input) : input_(input) {}

  void open_source() {
    pdf_.setSuppressWarnings(true);
    pdf_.processMemoryFile("source", input_.data(), input_.size());
    if (pdf_.isEncrypted()) throw Refused({kEncrypted, "the PDF is encrypted"});
    pages_ = QPDFPageDocumentHelper(pdf_).getAllPages();
  }
  void start_anew() {
    pdf_.emptyPDF();
    make_font();
  }
  size_t pages() const { return pages_.size(); }

  // Text under a page of the source. It comes first in the page's content, where nothing has
  // changed the coordinates yet, and leaves them as they were.
  void add_text(size_t index, const PdfPageRequest& request) {
    const std::string text = print_text_layer(request.words, request.height, glyphs_);
    if (text.empty()) return;
    make_font();
    QPDFPageObjectHelper& page = pages_.at(index);
    const int quarters = quarters_of(page) + request.rotation / 90;
    const Matrix matrix = placement(shown_part(page), quarters, request.width, request.height);
    add_font_to(page);
    page.addPageContents(Object::newStream(&pdf_, "q\n" + print(matrix) + text + "Q\n"), true);
  }

  // A page that shows an image, or nothing if there is none.
  void add_image_page(const PdfPageRequest& request) {
    const auto [width, height] = size_in_points(request);
    Object page = Object::parse("<< /Type /Page /Resources << /XObject << >> /Font << >> >> >>");
    Object resources = page.getKey("/Resources");
    page.replaceKey("/MediaBox", Object::newFromRectangle({0, 0, width, height}));
    std::string content;
    if (request.image_size > 0) {
      resources.getKey("/XObject").replaceKey("/Scan", image_of(request));
      content = "q\n" + print({width, 0, 0, height, 0, 0}) + "/Scan Do\nQ\n";
    }
    const std::string text = print_text_layer(request.words, request.height, glyphs_);
    if (!text.empty()) {
      resources.getKey("/Font").replaceKey(kLayerFont, font_);
      const Matrix matrix = placement({0, 0, width, height}, 0, request.width, request.height);
      content += "q\n" + print(matrix) + text + "Q\n";
    }
    page.replaceKey("/Contents", Object::newStream(&pdf_, content));
    QPDFPageDocumentHelper(pdf_).addPage(pdf_.makeIndirectObject(page), false);
  }

  void write(Pipeline& out) {
    finish_font();
    QPDFWriter writer(pdf_);
    writer.setOutputPipeline(&out);
    writer.setDeterministicID(true);
    writer.setDecodeLevel(qpdf_dl_none);  // what the source has compressed stays as it is
    writer.setMinimumPDFVersion("1.5");
    writer.write();
    out.finish();
  }

 private:
  static std::pair<double, double> size_in_points(const PdfPageRequest& request) {
    const double longer = std::max({request.width, request.height, 1});
    double scale = request.dpi > 0 ? 72.0 / request.dpi : kA4Long / longer;
    scale = std::min(scale, kLongest / longer);
    const auto side = [&](int32_t pixels) {
      return std::round(std::max(pixels, 1) * scale * 1000) / 1000;
    };
    if (request.width == 0 || request.height == 0) return {595, kA4Long};
    return {side(request.width), side(request.height)};
  }

  std::string_view file_of(const PdfPageRequest& request) const {
    if (request.image_at > input_.size() || request.image_size > input_.size() - request.image_at) {
      throw Refused({kDamaged, "a page image is not where it should be"});
    }
    return input_.substr(request.image_at, request.image_size);
  }

  Object image_of(const PdfPageRequest& request) {
    const std::string_view file = file_of(request);
    const auto stored = as_stored(file);
    return stored ? stored_image(*stored) : decoded_image(file);
  }

  Object image_stream(int32_t width, int32_t height, int bits, const Object& colours) {
    Object stream = Object::newStream(&pdf_);
    Object dictionary = stream.getDict();
    dictionary.replaceKey("/Type", Object::newName("/XObject"));
    dictionary.replaceKey("/Subtype", Object::newName("/Image"));
    dictionary.replaceKey("/Width", Object::newInteger(width));
    dictionary.replaceKey("/Height", Object::newInteger(height));
    dictionary.replaceKey("/BitsPerComponent", Object::newInteger(bits));
    dictionary.replaceKey("/ColorSpace", colours);
    return stream;
  }

  static Object colours_of(int channels) {
    return Object::newName(channels == 3 ? "/DeviceRGB" : "/DeviceGray");
  }

  Object stored_image(const PdfImage& image) {
    Object colours = colours_of(image.channels);
    if (!image.palette.empty()) {
      const auto last = static_cast<long long>(image.palette.size() / 3) - 1;
      colours = Object::newArray({Object::newName("/Indexed"), Object::newName("/DeviceRGB"),
                                  Object::newInteger(last),
                                  Object::newString(std::string(image.palette))});
    }
    Object stream = image_stream(image.width, image.height, image.bits, colours);
    Object parameters = Object::newNull();
    if (!image.jpeg) {
      parameters = Object::parse("<< /Predictor 15 >>");
      parameters.replaceKey("/Colors", Object::newInteger(image.channels));
      parameters.replaceKey("/BitsPerComponent", Object::newInteger(image.bits));
      parameters.replaceKey("/Columns", Object::newInteger(image.width));
    }
    stream.replaceStreamData(
        std::shared_ptr<Object::StreamDataProvider>(std::make_shared<StoredData>(image.data)),
        Object::newName(image.jpeg ? "/DCTDecode" : "/FlateDecode"), parameters);
    return stream;
  }

  Object decoded_image(std::string_view file) {
    PageRequest request;
    const auto format = identify(file.substr(0, kHeadSize)).format;
    request.format = format ? name_of(*format) : "";
    request.max_pixels = kMostDecodedPixels;
    auto decoded = decode_image(request, file);
    if (!decoded.ok()) throw Refused({kDamaged, decoded.error().what});
    const Pix& pix = decoded->pix;
    const bool colour = depth_of(pix) == 32;
    const Pix bytes = depth_of(pix) == 1 ? Pix(pixConvertTo8(pix.get(), 0)) : Pix();
    Object stream = image_stream(width_of(pix), height_of(pix), 8, colours_of(colour ? 3 : 1));
    stream.replaceStreamData(raster_of(bytes ? bytes : pix), Object::newNull(), Object::newNull());
    return stream;
  }

  // Bytes of an 8 or 32 bit image, line after line.
  static std::string raster_of(const Pix& pix) {
    const bool colour = depth_of(pix) == 32;
    std::string out;
    out.reserve(static_cast<size_t>(width_of(pix)) * static_cast<size_t>(height_of(pix)) *
                (colour ? 3 : 1));
    for (int32_t y = 0; y < height_of(pix); ++y) {
      l_uint32* line = pixGetData(pix.get()) +
                       static_cast<size_t>(y) * static_cast<size_t>(pixGetWpl(pix.get()));
      for (int32_t x = 0; x < width_of(pix); ++x) {
        if (!colour) {
          out += static_cast<char>(GET_DATA_BYTE(line, x));
          continue;
        }
        for (const int shift : {L_RED_SHIFT, L_GREEN_SHIFT, L_BLUE_SHIFT}) {
          out += static_cast<char>(line[x] >> shift & 0xff);
        }
      }
    }
    return out;
  }

  // The page's own resources, not those that it shares with others.
  void add_font_to(QPDFPageObjectHelper& page) {
    Object resources = page.getAttribute("/Resources", true);
    if (!resources.isDictionary()) {
      resources = page.getObjectHandle().replaceKeyAndGetNew("/Resources", Object::newDictionary());
    }
    Object fonts = resources.getKey("/Font");
    fonts = fonts.isDictionary() ? fonts.shallowCopy() : Object::newDictionary();
    fonts.replaceKey(kLayerFont, font_);
    resources.replaceKey("/Font", fonts);
  }

  // A reference that can be given out before the characters are known.
  void make_font() {
    if (font_.isInitialized()) return;
    font_ = pdf_.makeIndirectObject(Object::newDictionary());
  }

  void finish_font() {
    if (!font_.isInitialized()) return;
    Object file = Object::newStream(&pdf_, std::string(glyphless_font()));
    file.getDict().replaceKey("/Length1",
                              Object::newInteger(static_cast<long long>(glyphless_font().size())));
    Object descriptor = Object::parse(
        "<< /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /ItalicAngle 0 /StemV 80 "
        "/FontBBox [0 -200 500 800] /Ascent 800 /Descent -200 /CapHeight 800 >>");
    descriptor.replaceKey("/FontFile2", file);
    Object glyphs = Object::parse(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont /DW 500 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>");
    glyphs.replaceKey("/FontDescriptor", pdf_.makeIndirectObject(descriptor));
    glyphs.replaceKey("/CIDToGIDMap", Object::newStream(&pdf_, print_glyph_map(glyphs_)));
    font_.replaceKey("/Type", Object::newName("/Font"));
    font_.replaceKey("/Subtype", Object::newName("/Type0"));
    font_.replaceKey("/BaseFont", Object::newName("/GlyphLessFont"));
    font_.replaceKey("/Encoding", Object::newName("/Identity-H"));
    font_.replaceKey("/DescendantFonts", Object::newArray({pdf_.makeIndirectObject(glyphs)}));
    font_.replaceKey("/ToUnicode", Object::newStream(&pdf_, print_to_unicode(glyphs_)));
  }

  std::string_view input_;
  QPDF pdf_;
  std::vector<QPDFPageObjectHelper> pages_;
  GlyphTable glyphs_;
  Object font_;
};

base::Result<std::vector<PdfPageRequest>> receive_pages(int socket, int64_t count) {
  std::vector<PdfPageRequest> pages;
  if (count < 0 || count > kMostPages) return base::Error{base::Code::invalid, "too many pages"};
  for (int64_t i = 0; i < count; ++i) {
    const auto frame = TRY(receive_request(socket));
    if (!frame) return base::Error{base::Code::io, "the pages did not come"};
    pages.push_back(TRY(parse_pdf_page_request(frame->json)));
  }
  return pages;
}

void write_onto(Searchable& document, const std::vector<PdfPageRequest>& pages) {
  document.open_source();
  if (document.pages() != pages.size()) {
    throw Refused({kDamaged, "the PDF's pages are counted differently"});
  }
  for (size_t i = 0; i < pages.size(); ++i) document.add_text(i, pages[i]);
}

void write_images(Searchable& document, const std::vector<PdfPageRequest>& pages) {
  document.start_anew();
  for (const PdfPageRequest& page : pages) document.add_image_page(page);
}

base::Result<void> fail(int socket, Failure failure) {
  return send_frame(socket, to_json(StreamStep{StreamStep::Kind::failed, {}, 0, failure}), {});
}

}  // namespace

base::Result<void> write_searchable(int socket, const base::Json& request, std::string_view input) {
  const auto pages = TRY(receive_pages(socket, request.integer_or("pages", -1)));
  const base::Json* onto = request.find("onto");
  const bool keeps = onto != nullptr && onto->as_boolean() != nullptr && *onto->as_boolean();
  try {
    Searchable document(input);
    keeps ? write_onto(document, pages) : write_images(document, pages);
    ToServer out(socket);
    document.write(out);
  } catch (const Refused& refused) {
    return fail(socket, refused.failure);
  } catch (const std::bad_alloc&) {
    throw;                           // the worker ends, as for every other request
  } catch (const std::exception&) {  // qpdf's; its words hold parts of the document
    return fail(socket, {kDamaged, "the PDF cannot be written anew: it is damaged"});
  }
  return send_frame(socket, to_json(StreamStep{}), {});
}

}  // namespace ocr::detail
