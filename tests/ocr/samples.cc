#include "tests/ocr/samples.h"

#include <jpeglib.h>  // wants FILE
#include <leptonica/allheaders.h>
#include <sys/mman.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "tests/support/result_matchers.h"

namespace test {
namespace {

PIX* printed(const PageLook& look) {
  PIX* page = pixCreate(look.width, look.height, 8);
  pixSetAll(page);
  if (look.negative) pixRasterop(page, 30, 30, look.width - 60, 170, PIX_CLR, nullptr, 0, 0);
  const l_uint32 ink = look.negative ? 255 : 0;
  L_BMF* font = bmfCreate(nullptr, 20);
  l_int32 overflow = 0;
  const std::string text = kSentence;
  const size_t cut = text.find('\n');
  pixSetTextline(page, font, text.substr(0, cut).c_str(), ink, 60, 90, nullptr, &overflow);
  pixSetTextline(page, font, text.substr(cut + 1).c_str(), ink, 60, 170, nullptr, &overflow);
  bmfDestroy(&font);
  if (look.quarters == 0) return page;
  PIX* turned = pixRotateOrth(page, look.quarters);
  pixDestroy(&page);
  return turned;
}

std::string taken(l_uint8* data, size_t size) {
  std::string out(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return out;
}

}  // namespace

std::string png_page(const PageLook& look) {
  PIX* page = printed(look);
  l_uint8* data = nullptr;
  size_t size = 0;
  pixWriteMemPng(&data, &size, page, 0);
  pixDestroy(&page);
  return taken(data, size);
}

std::string png_page_with_alpha() {
  PIX* page = printed({});
  PIX* colour = pixConvertTo32(page);
  PIX* alpha = pixCreate(pixGetWidth(page), pixGetHeight(page), 8);
  pixSetAllArbitrary(alpha, 128);
  pixSetRGBComponent(colour, alpha, L_ALPHA_CHANNEL);
  pixSetSpp(colour, 4);
  l_uint8* data = nullptr;
  size_t size = 0;
  pixWriteMemPng(&data, &size, colour, 0);
  for (PIX* pix : {page, colour, alpha}) pixDestroy(&pix);
  return taken(data, size);
}

std::string jpeg_page(const PageLook& look) {
  PIX* page = printed(look);
  l_uint8* data = nullptr;
  size_t size = 0;
  pixWriteMemJpeg(&data, &size, page, 90, 0);
  pixDestroy(&page);
  return taken(data, size);
}

std::string jpeg_page_with_orientation(int orientation, const PageLook& look) {
  using namespace std::string_literals;
  std::string exif = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s;
  exif += static_cast<char>(orientation);
  exif += "\0\0\0\0\0\0\0"s;
  const size_t length = exif.size() + 2;
  std::string segment = "\xff\xe1"s;
  segment += static_cast<char>(length >> 8);
  segment += static_cast<char>(length & 0xff);
  return jpeg_page(look).insert(2, segment + exif);
}

std::string tiff_pages(int count, const PageLook& look) {
  PIXA* pages = pixaCreate(count);
  PIX* page = printed(look);
  PIX* bilevel = pixThresholdToBinary(page, 128);
  pixDestroy(&page);
  for (int i = 0; i < count; ++i) pixaAddPix(pages, bilevel, L_COPY);
  pixDestroy(&bilevel);
  l_uint8* data = nullptr;
  size_t size = 0;
  pixaWriteMemMultipageTiff(&data, &size, pages);
  pixaDestroy(&pages);
  return taken(data, size);
}

std::string image_page(ImageKind kind) {
  PIX* gray = printed({});
  PIX* page = nullptr;
  switch (kind) {
    case ImageKind::tiff_packbits:  // leptonica packs so only what is bilevel
    case ImageKind::tiff_g3:
    case ImageKind::tiff_g4:
      page = pixThresholdToBinary(gray, 128);
      break;
    case ImageKind::png_16_bits:
      page = pixConvert8To16(gray, 8);
      break;
    case ImageKind::webp:
    case ImageKind::jp2:
      page = pixConvertTo32(gray);
      break;
    default:
      page = pixClone(gray);
  }
  l_uint8* data = nullptr;
  size_t size = 0;
  if (kind == ImageKind::jpeg || kind == ImageKind::jpeg_progressive) {
    pixWriteMemJpeg(&data, &size, page, 90, kind == ImageKind::jpeg_progressive ? 1 : 0);
  } else {
    static const std::map<ImageKind, l_int32> kFormats = {
        {ImageKind::png, IFF_PNG},
        {ImageKind::png_16_bits, IFF_PNG},
        {ImageKind::webp, IFF_WEBP},
        {ImageKind::bmp, IFF_BMP},
        {ImageKind::jp2, IFF_JP2},
        {ImageKind::tiff_g3, IFF_TIFF_G3},
        {ImageKind::tiff_g4, IFF_TIFF_G4},
        {ImageKind::tiff_lzw, IFF_TIFF_LZW},
        {ImageKind::tiff_zip, IFF_TIFF_ZIP},
        {ImageKind::tiff_packbits, IFF_TIFF_PACKBITS},
        {ImageKind::tiff_jpeg, IFF_TIFF_JPEG}};
    pixWriteMem(&data, &size, page, kFormats.at(kind));
  }
  pixDestroy(&page);
  pixDestroy(&gray);
  return taken(data, size);
}

// The first frame's part of the file is everything between the colour table and the trailer.
std::string gif_with_a_second_frame() {
  const auto gif_of = [](PIX* page) {
    PIX* few = pixThresholdTo4bpp(page, 4, 1);
    l_uint8* data = nullptr;
    size_t size = 0;
    pixWriteMemGif(&data, &size, few);
    pixDestroy(&few);
    return taken(data, size);
  };
  PIX* page = printed({});
  std::string file = gif_of(page);
  pixSetAll(page);
  const std::string blank = gif_of(page);
  pixDestroy(&page);
  const size_t colours = size_t{3} << ((static_cast<uint8_t>(blank[10]) & 7) + 1);
  file.insert(file.size() - 1, blank.substr(13 + colours, blank.size() - 14 - colours));
  return file;
}

std::string cmyk_jpeg_page() {
  PIX* page = printed({});
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = static_cast<JDIMENSION>(pixGetWidth(page));
  jpeg.image_height = static_cast<JDIMENSION>(pixGetHeight(page));
  jpeg.input_components = 4;
  jpeg.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg.write_Adobe_marker = TRUE;  // which says that the inks are inverted
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<uint8_t> row(size_t{4} * jpeg.image_width, 255);
  while (jpeg.next_scanline < jpeg.image_height) {
    const l_uint32* line = pixGetData(page) + jpeg.next_scanline * pixGetWpl(page);
    for (size_t x = 0; x < jpeg.image_width; ++x) row[4 * x + 3] = GET_DATA_BYTE(line, x);
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  pixDestroy(&page);
  std::string out(reinterpret_cast<char*>(data), size);
  std::free(data);
  return out;
}

namespace {

// What libtiff writes to a file and nothing else.
template <typename Write>
std::string tiff_by(const Write& write) {
  const base::TempDir directory = TAKE(base::TempDir::create());
  const base::Path path = directory.path() / "page.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  write(tiff);
  TIFFClose(tiff);
  return TAKE(base::read_file(path));
}

}  // namespace

std::string tiled_tiff_page() {
  constexpr uint32_t kTile = 128;
  PIX* page = printed({});
  const auto width = static_cast<uint32_t>(pixGetWidth(page));
  const auto height = static_cast<uint32_t>(pixGetHeight(page));
  std::string file = tiff_by([&](TIFF* tiff) {
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, kTile);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, kTile);
    std::vector<uint8_t> tile(size_t{kTile} * kTile);
    for (uint32_t top = 0; top < height; top += kTile) {
      for (uint32_t left = 0; left < width; left += kTile) {
        for (uint32_t i = 0; i < kTile * kTile; ++i) {
          const uint32_t x = std::min(width - 1, left + i % kTile);
          const uint32_t y = std::min(height - 1, top + i / kTile);
          tile[i] = GET_DATA_BYTE(pixGetData(page) + y * static_cast<uint32_t>(pixGetWpl(page)), x);
        }
        TIFFWriteTile(tiff, tile.data(), left, top, 0, 0);
      }
    }
  });
  pixDestroy(&page);
  return file;
}

std::string float_tiff_page() {
  constexpr uint32_t kSide = 64;
  return tiff_by([](TIFF* tiff) {
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, kSide);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, kSide);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    std::vector<float> row(kSide, 0.5F);
    for (uint32_t y = 0; y < kSide; ++y) TIFFWriteScanline(tiff, row.data(), y, 0);
  });
}

namespace {

std::string stream_object(const std::string& dictionary, const std::string& content) {
  return "<<" + dictionary + "/Length " + std::to_string(content.size()) + ">>\nstream\n" +
         content + "\nendstream";
}

// What an annotation looks like: text in the font that all pages share.
std::string appearance(const std::string& text) {
  return stream_object(
      "/Type/XObject/Subtype/Form/BBox[0 0 220 40]/Resources<</Font<</F1 3 0 R>>>>",
      "BT /F1 24 Tf 4 10 Td (" + text + ") Tj ET");
}

// Numbers the objects from 1 and adds the table; the first is the catalog.
std::string pdf_with(const std::vector<std::string>& objects) {
  std::string pdf = "%PDF-1.7\n";
  std::string table = "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
  for (size_t i = 0; i < objects.size(); ++i) {
    char entry[24];
    std::snprintf(entry, sizeof(entry), "%010zu 00000 n \n", pdf.size());
    table += entry;
    pdf += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const size_t start = pdf.size();
  return pdf + table + "trailer\n<</Size " + std::to_string(objects.size() + 1) +
         "/Root 1 0 R>>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
}

}  // namespace

std::string pdf_with_form() {
  return pdf_with(
      {"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/DR<</Font<</F1 3 0 R>>>>>>"
       "/Names<</EmbeddedFiles<</Names[(note.txt) 10 0 R]>>>>>>",
       "<</Type/Pages/Kids[4 0 R]/Count 1>>", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R"
       "/Resources<</Font<</F1 3 0 R>>>>/Annots[6 0 R 7 0 R]>>",
       stream_object("", "BT /F1 24 Tf 72 700 Td (Claim form) Tj ET"),
       "<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/V(4711-2026)/F 4/Rect[72 600 292 640]"
       "/DA(/F1 24 Tf 0 g)/AP<</N 8 0 R>>>>",
       "<</Type/Annot/Subtype/Stamp/F 4/Rect[72 500 292 540]/AP<</N 9 0 R>>>>",
       appearance("4711-2026"), appearance("Approved"),
       "<</Type/Filespec/F(note.txt)/EF<</F 11 0 R>>>>",
       stream_object("/Type/EmbeddedFile", "attached words")});
}

std::string pdf_with_scan(const std::string& text) {
  const PageLook look;
  return pdf_with({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[4 0 R]/Count 1>>",
                   "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                   "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R"
                   "/Resources<</Font<</F1 3 0 R>>/XObject<</Scan 6 0 R>>>>>>",
                   stream_object("", "BT /F1 24 Tf 72 700 Td (" + text +
                                         ") Tj ET q 440 0 0 104 72 400 cm /Scan Do Q"),
                   stream_object("/Type/XObject/Subtype/Image/Width " + std::to_string(look.width) +
                                     "/Height " + std::to_string(look.height) +
                                     "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
                                 jpeg_page(look))});
}

std::string pdf_of(const std::vector<std::string>& texts, int rotate, const std::string& entries) {
  std::vector<std::string> objects = {"<</Type/Catalog/Pages 2 0 R>>", ""};
  std::string kids;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string page = std::to_string(4 + 2 * i);
    kids += page + " 0 R ";
  }
  objects[1] = "<</Type/Pages/Kids[" + kids + "]/Count " + std::to_string(texts.size()) + ">>";
  objects.emplace_back("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
  for (const std::string& text : texts) {
    const std::string content = "BT /F1 24 Tf 72 700 Td (" + text + ") Tj ET";
    objects.push_back("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Rotate " +
                      std::to_string(rotate) + entries + "/Contents " +
                      std::to_string(objects.size() + 2) +
                      " 0 R/Resources<</Font<</F1 3 0 R>>>>>>");
    objects.push_back(stream_object("", content));
  }
  return pdf_with(objects);
}

base::UniqueFd as_file(std::string_view bytes) {
  base::UniqueFd fd(memfd_create("sample", MFD_CLOEXEC));
  TAKE(base::write_all(fd.get(), bytes));
  return fd;
}

}  // namespace test
