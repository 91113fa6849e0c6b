#include "tests/ocr/samples.h"

#include <leptonica/allheaders.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/support/result_matchers.h"

namespace test {
namespace {

PIX* printed(const PageLook& look) {
  PIX* page = pixCreate(look.width, look.height, 8);
  pixSetAll(page);
  L_BMF* font = bmfCreate(nullptr, 20);
  l_int32 overflow = 0;
  const std::string text = kSentence;
  const size_t cut = text.find('\n');
  pixSetTextline(page, font, text.substr(0, cut).c_str(), 0, 60, 90, nullptr, &overflow);
  pixSetTextline(page, font, text.substr(cut + 1).c_str(), 0, 60, 170, nullptr, &overflow);
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

std::string pdf_of(const std::vector<std::string>& texts, int rotate) {
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
                      std::to_string(rotate) + "/Contents " + std::to_string(objects.size() + 2) +
                      " 0 R/Resources<</Font<</F1 3 0 R>>>>>>");
    objects.push_back("<</Length " + std::to_string(content.size()) + ">>\nstream\n" + content +
                      "\nendstream");
  }
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

base::UniqueFd as_file(std::string_view bytes) {
  base::UniqueFd fd(memfd_create("sample", MFD_CLOEXEC));
  TAKE(base::write_all(fd.get(), bytes));
  return fd;
}

}  // namespace test
