#include <gtest/gtest.h>

#include <algorithm>

#include "corpus/layout.h"
#include "dataset/import_format.h"
#include "tests/dataset/export_test_support.h"

namespace dataset {
namespace {

using corpus::Annotation;
using corpus::AnnotationType;

const ExportDocument& invoice(const std::vector<ExportDocument>& documents) {
  return documents[0].document.source.media_type == "application/pdf" ? documents[0] : documents[1];
}

SettledPage settled(const ImportedPage& page, const ExportDocument& document) {
  static const corpus::Schema schema = [] {
    corpus::Schema known = test::sample_schema();
    known.relations.emplace_back();
    known.relations.back().name = "belongs";
    known.classes.emplace_back();
    known.classes.back().name = "invoice";
    return known;
  }();
  return settle(page, {document.document, 1, document.pages[0].words, schema});
}

// The invoice's first page, out in one format and back again.
SettledPage there_and_back(const std::string& format, const std::string& file) {
  const auto documents = test::sample_documents();
  const ExportDocument& document = invoice(documents);
  for (const ImportedPage& page : TAKE(find_import_format(format)->read(file))) {
    if (page.document == document.document.id.hex || page.document.empty()) {
      return settled(page, document);
    }
  }
  return {};
}

const Annotation* find(const std::vector<Annotation>& list, const corpus::AnnotationId& id) {
  for (const Annotation& annotation : list) {
    if (annotation.id == id) return &annotation;
  }
  return nullptr;
}

std::vector<Annotation> originals() {
  const auto documents = test::sample_documents();
  return invoice(documents).pages[0].annotations;
}

TEST(Imports, OfCocoComeBackAsTheyWere) {
  const auto back = there_and_back("coco", test::export_samples("coco").text);
  for (const Annotation& original : originals()) {
    const Annotation* annotation = find(back.annotations, original.id);
    const bool is_there = original.type == AnnotationType::span ||
                          original.type == AnnotationType::box ||
                          original.type == AnnotationType::polygon;
    if (!is_there || original.proposed || original.review) continue;
    ASSERT_NE(annotation, nullptr) << original.id.text;
    Annotation expected = original;
    // COCO has one text for what stands there and for its normal form
    expected.text = annotation->text;
    EXPECT_EQ(*annotation, expected);
  }
  EXPECT_EQ(back.refused, (std::map<std::string, uint64_t>{{"table", 1}}));
}

TEST(Imports, OfLabelStudioComeBackAsTheyWere) {
  const auto back = there_and_back("label-studio", test::export_samples("label-studio").text);
  size_t compared = 0;
  for (const Annotation& original : originals()) {
    if (original.proposed || original.review) continue;
    const Annotation* annotation = find(back.annotations, original.id);
    switch (original.type) {
      case AnnotationType::span:
      case AnnotationType::box:
      case AnnotationType::polygon: {
        ASSERT_NE(annotation, nullptr) << original.id.text;
        Annotation expected = original;
        expected.text = annotation->text;
        EXPECT_EQ(*annotation, expected);
        ++compared;
        break;
      }
      default:
        break;
    }
  }
  EXPECT_EQ(compared, 3u);
  const auto relation =
      std::find_if(back.annotations.begin(), back.annotations.end(),
                   [](const Annotation& a) { return a.type == AnnotationType::relation; });
  ASSERT_NE(relation, back.annotations.end());
  EXPECT_EQ(relation->from, originals()[3].from);
  EXPECT_EQ(relation->to, originals()[3].to);
}

TEST(Imports, OfPageXmlComeBackAsTheyWere) {
  const auto files = test::untar(test::export_samples("page").text);
  const auto documents = test::sample_documents();
  const std::string name = invoice(documents).document.id.hex + "-0001.xml";
  const auto back = there_and_back("page", files.at(name));
  for (const Annotation& original : originals()) {
    const bool is_there = original.type == AnnotationType::span ||
                          original.type == AnnotationType::box ||
                          original.type == AnnotationType::polygon;
    if (!is_there || original.proposed || original.review) continue;
    const Annotation* annotation = find(back.annotations, original.id);
    ASSERT_NE(annotation, nullptr) << original.id.text;
    Annotation expected = original;
    expected.attributes.clear();  // PAGE has no place for them
    EXPECT_EQ(*annotation, expected);
  }
  EXPECT_EQ(back.refused.at("table"), 1u);
}

TEST(Imports, OfFunsdFindTheirWordsByPlace) {
  const auto files = test::untar(test::export_samples("funsd").text);
  const auto documents = test::sample_documents();
  const std::string name =
      "training_data/annotations/" + invoice(documents).document.id.hex + "-0001.json";
  const auto back = there_and_back("funsd", files.at(name));
  ASSERT_EQ(back.annotations.size(), 1u);
  EXPECT_EQ(back.annotations[0].label, "total");
  EXPECT_EQ(back.annotations[0].words, (std::vector<corpus::WordId>{3, 4, 5}));
}

TEST(Imports, OfFunsdTakeALinkForTheOnlyRelation) {
  const auto documents = test::sample_documents();
  const auto pages = TAKE(find_import_format("funsd")->read(
      R"({"form":[{"id":0,"label":"total","box":[0,0,1,1],"words":[],"linking":[[0,1]]},)"
      R"({"id":1,"label":"total","box":[0,0,900,900],"words":[],"linking":[[0,1]]}]})"));
  const auto back = settled(pages.front(), invoice(documents));
  const auto relation =
      std::find_if(back.annotations.begin(), back.annotations.end(),
                   [](const Annotation& a) { return a.type == AnnotationType::relation; });
  ASSERT_NE(relation, back.annotations.end());
  EXPECT_EQ(relation->label, "belongs");

  corpus::Schema unsure = test::sample_schema();
  unsure.relations.clear();
  const auto& document = invoice(documents);
  const auto refused =
      settle(pages.front(), {document.document, 1, document.pages[0].words, unsure}).refused;
  EXPECT_EQ(refused.at("link without a name"), 1u);
}

TEST(Imports, OfFunsdTakeWordByWordWhatIsNotOneBox) {
  const auto documents = test::sample_documents();
  const auto& words = invoice(documents).pages[0].words;
  const auto box = [](const corpus::Word& word) {
    return "[" + std::to_string(word.box.x0) + "," + std::to_string(word.box.y0) + "," +
           std::to_string(word.box.x1) + "," + std::to_string(word.box.y1) + "]";
  };
  const auto pages = TAKE(find_import_format("funsd")->read(
      R"({"form":[{"id":0,"label":"total","box":[0,0,100000,100000],"words":[{"box":)" +
      box(words.back()) + R"(},{"box":)" + box(words.front()) + "}]}]}"));
  const auto back = settled(pages.front(), invoice(documents));
  ASSERT_EQ(back.annotations.size(), 1u);
  EXPECT_EQ(back.annotations[0].words,
            (std::vector<corpus::WordId>{words.back().id, words.front().id}));
}

TEST(Imports, OfJsonLinesComeBackAsTheyWere) {
  const auto back = there_and_back("jsonl", test::export_samples("jsonl").text);
  for (const Annotation& original : originals()) {
    const bool is_there = original.type == AnnotationType::span ||
                          original.type == AnnotationType::box ||
                          original.type == AnnotationType::polygon;
    if (!is_there || original.proposed || original.review) continue;
    const Annotation* annotation = find(back.annotations, original.id);
    ASSERT_NE(annotation, nullptr) << original.id.text;
    EXPECT_EQ(*annotation, original);
  }
  EXPECT_EQ(back.refused.at("table"), 1u);
}

TEST(Imports, OfJsonLinesNameTheLineThatIsWrong) {
  const auto pages = find_import_format("jsonl")->read("{\"page\":1,\"annotations\":[]}\n{}\n");
  ASSERT_FALSE(pages.ok());
  EXPECT_NE(pages.error().what.find("line 2"), std::string::npos) << pages.error().what;
}

std::vector<std::string> texts_of(const Annotation& correction) {
  std::vector<std::string> texts;
  for (const corpus::Replacement& replacement : correction.replacements) {
    texts.push_back(replacement.text);
  }
  return texts;
}

// What was corrected here comes back as the same corrections, and nothing else.
void expect_corrections_back(const std::string& format, const std::string& ending) {
  const auto files = test::untar(test::export_samples(format).text);
  const auto documents = test::sample_documents();
  const std::string name = invoice(documents).document.id.hex + "-0001" + ending;
  const auto back = there_and_back(format, files.at(name));
  size_t corrections = 0;
  for (const Annotation& original : originals()) {
    if (original.type != AnnotationType::correction || original.proposed) continue;
    const auto found = std::find_if(
        back.annotations.begin(), back.annotations.end(),
        [&](const Annotation& annotation) { return annotation.words == original.words; });
    ASSERT_NE(found, back.annotations.end());
    EXPECT_EQ(found->type, AnnotationType::correction);
    EXPECT_EQ(texts_of(*found), texts_of(original));
    ++corrections;
  }
  EXPECT_GT(corrections, 0u);
  EXPECT_EQ(back.annotations.size(), corrections);
  EXPECT_TRUE(back.refused.empty());
}

TEST(Imports, OfAltoBringCorrectionsBack) {
  expect_corrections_back("alto", ".alto.xml");
}

TEST(Imports, OfHocrBringCorrectionsBack) {
  expect_corrections_back("hocr", ".hocr");
}

// In tenths of a millimetre, of an image that was uploaded under this name, by another program.
constexpr const char* kForeignAlto = R"(<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Description>
<MeasurementUnit>mm10</MeasurementUnit>
<sourceImageInformation><fileName>scans/invoice 7.tif</fileName></sourceImageInformation>
</Description><Tags><NamedEntityTag ID="T1" LABEL="total"/></Tags>
<Layout><Page ID="P1" PHYSICAL_IMG_NR="2" WIDTH="400" HEIGHT="600"><PrintSpace><TextBlock><TextLine>
<String HPOS="20.2" VPOS="40" WIDTH="60" HEIGHT="20" CONTENT="One" TAGREFS="T1"/><SP/>
<String HPOS="100" VPOS="40" WIDTH="60" HEIGHT="20" CONTENT="Two" TAGREFS="T1 unknown"/>
<String HPOS="180" VPOS="40" WIDTH="60" HEIGHT="20" CONTENT="&amp;"/>
</TextLine></TextBlock></PrintSpace></Page></Layout></alto>)";

TEST(Imports, OfAltoKnowOtherUnitsAndEntities) {
  const auto pages = TAKE(find_import_format("alto")->read(kForeignAlto));
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].file, "scans/invoice 7.tif");
  EXPECT_EQ(pages[0].page, 2u);
  ASSERT_EQ(pages[0].words.size(), 3u);
  EXPECT_EQ(pages[0].words[0].box, (corpus::Box{20, 40, 80, 60}));
  EXPECT_EQ(pages[0].words[2].text, "&");
  ASSERT_EQ(pages[0].annotations.size(), 1u);
  EXPECT_EQ(pages[0].annotations[0].label, "total");
  EXPECT_EQ(pages[0].annotations[0].box, (corpus::Box{20, 40, 160, 60}));
}

TEST(Imports, OfHocrReadWhatTesseractWrites) {
  const char* file = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title><meta name='ocr-system' content='x'/></head>
<body><div class='ocr_page' id='page_1' title='image "invoice.png"; bbox 0 0 400 600; ppageno 2'>
<span class='ocr_line' title="bbox 1 2 3 4"><span class='ocrx_word' id='word_1_1'
title='bbox 20 40 80 60; x_wconf 91'><strong>On<em>e</em></strong></span></span></div></body></html>)";
  const auto pages = TAKE(find_import_format("hocr")->read(file));
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].file, "invoice.png");
  EXPECT_EQ(pages[0].page, 3u);
  ASSERT_EQ(pages[0].words.size(), 1u);
  EXPECT_EQ(pages[0].words[0].text, "One");
  EXPECT_EQ(pages[0].words[0].id, 0u);
  EXPECT_EQ(pages[0].words[0].box, (corpus::Box{20, 40, 80, 60}));
}

// One word of the invoice, with its box split in two, and two of its words in one box.
TEST(Imports, OfWordsSplitAndMergeOurs) {
  const auto documents = test::sample_documents();
  const auto& words = invoice(documents).pages[0].words;
  const corpus::Box box = words[0].box;
  const int32_t middle = (box.x0 + box.x1) / 2;
  ImportedPage page;
  page.words = {{0, {box.x0, box.y0, middle, box.y1}, "first"},
                {0, {middle, box.y0, box.x1, box.y1}, "half"},
                {0, {5000, 5000, 5100, 5100}, "nowhere"}};
  const auto back = settled(page, invoice(documents));
  ASSERT_EQ(back.annotations.size(), 1u);
  EXPECT_EQ(back.annotations[0].words, (std::vector<corpus::WordId>{words[0].id}));
  EXPECT_EQ(texts_of(back.annotations[0]), (std::vector<std::string>{"first", "half"}));
  EXPECT_EQ(back.refused.at("word where none was read"), 1u);
}

TEST(Imports, GiveTheSameIdsTwice) {
  const std::string file = R"({"form":[{"id":0,"label":"total","box":[0,0,200,300],"text":"x"}]})";
  EXPECT_EQ(there_and_back("funsd", file).annotations, there_and_back("funsd", file).annotations);
  EXPECT_TRUE(
      corpus::AnnotationId::parse(there_and_back("funsd", file).annotations[0].id.text).ok());
}

TEST(Imports, AreScaledAndClippedToThePage) {
  const auto documents = test::sample_documents();
  ImportedPage page;
  page.width = 400;  // ours has 200 x 300
  page.height = 600;
  page.annotations = {{.key = "a", .label = "stamp", .box = corpus::Box{100, 100, 900, 300}}};
  const auto back = settled(page, invoice(documents));
  ASSERT_EQ(back.annotations.size(), 1u);
  EXPECT_EQ(back.annotations[0].box, (corpus::Box{50, 50, 200, 150}));
}

TEST(Imports, RefuseWhatHasNoPlaceHere) {
  const auto documents = test::sample_documents();
  ImportedPage page;
  page.annotations = {{.key = "a", .label = "totl", .box = corpus::Box{1, 1, 9, 9}},
                      {.key = "b", .label = "stamp"},
                      {.key = "c", .label = "stamp", .box = corpus::Box{500, 500, 600, 600}}};
  const auto back = settled(page, invoice(documents));
  EXPECT_TRUE(back.annotations.empty());
  EXPECT_EQ(back.refused,
            (std::map<std::string, uint64_t>{{"annotation without a place on the page", 2},
                                             {"label that is not in schema.json", 1}}));
}

TEST(Imports, JoinWhatIsSaidOfOnePage) {
  const auto line = [](const std::string& page, const std::string& id) {
    return R"({"file":"a.png","page":)" + page +
           R"(,"annotations":[{"type":"box","label":"stamp",)" + R"("id":")" + id +
           R"("},{"type":"table"}]})" + "\n";
  };
  const auto pages = join_pages(
      TAKE(find_import_format("jsonl")->read(line("1", "x") + line("2", "y") + line("1", "z"))));
  ASSERT_EQ(pages.size(), 2u);
  ASSERT_EQ(pages[0].annotations.size(), 2u);
  EXPECT_EQ(pages[0].annotations[1].key, "z");
  EXPECT_EQ(pages[0].refused.at("table"), 2u);
  EXPECT_EQ(pages[1].annotations.size(), 1u);
}

TEST(Imports, RefuseFilesOfAnotherKind) {
  for (const ImportFormat* format : import_formats()) {
    for (const char* file :
         {"", "{}", "[1,", "<a/>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"}) {
      const auto pages = format->read(file);
      if (!pages.ok()) {
        EXPECT_EQ(pages.error().code, base::Code::invalid) << format->name << " " << file;
      }
    }
  }
}

TEST(Imports, RefuseWhatIsNestedWithoutEnd) {
  std::string file = "<html><body><div class='ocr_page'><b class='ocrx_word'>";
  for (int i = 0; i < 1'000'000; ++i) file += "<b>";
  for (int i = 0; i < 1'000'000; ++i) file += "</b>";
  file += "</b></div></body></html>";
  const auto pages = find_import_format("hocr")->read(file);
  ASSERT_FALSE(pages.ok());
  EXPECT_EQ(pages.error().code, base::Code::limit);
}

TEST(Imports, RefuseMoreElementsThanMemoryIsFor) {
  std::string file = "<alto>";
  for (int i = 0; i < 4'000'001; ++i) file += "<a/>";
  const auto pages = find_import_format("alto")->read(file + "</alto>");
  ASSERT_FALSE(pages.ok());
  EXPECT_EQ(pages.error().code, base::Code::limit);
}

TEST(Imports, ExpandNoEntities) {
  std::string file = "<!DOCTYPE html [<!ENTITY a \"ha\">";
  for (char c = 'b'; c < 'm'; ++c) {
    file += "<!ENTITY " + std::string(1, c) + " \"";
    for (int i = 0; i < 10; ++i) file += "&" + std::string(1, static_cast<char>(c - 1)) + ";";
    file += "\">";
  }
  file +=
      "<!ENTITY file SYSTEM \"file:///etc/hostname\">]><html><body><div class='ocr_page' "
      "title='bbox 0 0 9 9'><span class='ocrx_word' title='bbox 0 0 1 1'>&l;&file;</span>"
      "</div></body></html>";
  const auto pages = TAKE(find_import_format("hocr")->read(file));
  EXPECT_EQ(pages.at(0).words.at(0).text, "&l;&file;");
}

TEST(Imports, RefuseAPageWithAnnotationsWithoutEnd) {
  const auto documents = test::sample_documents();
  ImportedPage page;
  page.annotations.resize(corpus::kMaxAnnotationsPerFile + 1);
  const auto back = settled(page, invoice(documents));
  EXPECT_TRUE(back.annotations.empty());
  EXPECT_EQ(back.refused.at("annotations of a page with too many"), page.annotations.size());
}

TEST(Imports, SurviveNonsense) {
  const char* file =
      R"([{"data":{"document":5,"page":-7,"image":"x"},"annotations":[{"result":[{"id":"a",)"
      R"("type":"rectanglelabels","original_width":1e400,"value":{"x":1e300,"width":null,)"
      R"("rectanglelabels":[]}},{"type":"relation"},{"value":3}]}]}])";
  const auto pages = find_import_format("label-studio")->read(file);
  if (!pages.ok()) return;
  const auto documents = test::sample_documents();
  EXPECT_TRUE(settled(pages->front(), invoice(documents)).annotations.empty());
}

TEST(Imports, WrapNoNumberAround) {
  const std::string number = "4294967297";  // in 32 bits it is 1
  const auto page_in = [](const char* format, const std::string& file) {
    return TAKE(find_import_format(format)->read(file)).at(0).page;
  };
  EXPECT_GT(page_in("jsonl", R"({"file":"x","page":)" + number + R"(,"annotations":[]})"),
            corpus::kMaxPages);
  EXPECT_GT(page_in("coco", R"({"images":[{"id":1,"file_name":"x","page":)" + number +
                                R"(}],"categories":[],"annotations":[]})"),
            corpus::kMaxPages);
  EXPECT_GT(page_in("label-studio",
                    R"([{"data":{"image":"x","page":)" + number + R"(},"annotations":[]}])"),
            corpus::kMaxPages);
  EXPECT_EQ(page_number(12), 12u);
  EXPECT_GT(page_number(-1), corpus::kMaxPages);
  EXPECT_EQ(word_id(7), 7u);
  EXPECT_EQ(word_id(int64_t{1} << 32 | 7), 0u);
  EXPECT_EQ(word_id_of("word_4294967303"), 0u);
}

TEST(PageNames, AreUnderstood) {
  const std::string id(32, 'a');
  EXPECT_EQ(page_of_file_name("images/" + id + "-0012.png").page, 12u);
  EXPECT_EQ(page_of_file_name("documents/a/" + id + "/images/0003.jpg").document, id);
  EXPECT_EQ(page_of_file_name("scan.png").page, 0u);
  EXPECT_EQ(page_of_file_name("").page, 0u);
}

}  // namespace
}  // namespace dataset
