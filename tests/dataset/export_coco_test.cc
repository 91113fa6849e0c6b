#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "tests/dataset/export_test_support.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using base::Json;

struct Exported {
  std::string text;
  Json json;
  LossReport loss;
};

Exported export_sample(ExportOptions options = {}) {
  test::Exported exported = test::export_samples("coco", options);
  Json json = TAKE(base::parse_json(exported.text));
  return {exported.text, std::move(json), std::move(exported.loss)};
}

// The exported annotation with the last digits of this id.
const Json* find_annotation(const Exported& exported, std::string_view digits) {
  for (const Json& annotation : *exported.json.find_array("annotations")) {
    if (annotation.find("attributes")->find_string("id")->ends_with(digits)) return &annotation;
  }
  return nullptr;
}

std::string member(const Json* json, std::string_view key) {
  return json == nullptr || json->find(key) == nullptr ? "missing" : json->find(key)->print();
}

TEST(CocoExport, NumbersCategoriesByTheSchema) {
  const Exported exported = export_sample();
  std::map<std::string, int64_t> categories;
  for (const Json& category : *exported.json.find_array("categories")) {
    categories[category.string_or("name", "")] = category.integer_or("id", 0);
  }
  EXPECT_EQ(categories, (std::map<std::string, int64_t>{
                            {"total", 1}, {"stamp", 2}, {"greeting", 3}, {"items", 4}}));
}

TEST(CocoExport, RecordsTheImageThatBoxesReferTo) {
  const Exported exported = export_sample();
  const auto& images = *exported.json.find_array("images");
  ASSERT_EQ(images.size(), 2u);
  const auto documents = test::sample_documents();
  EXPECT_EQ(images[0].integer_or("width", 0), documents[0].document.pages[0].width);
  EXPECT_EQ(images[0].string_or("sha256", ""), documents[0].document.pages[0].image.sha256.hex());
}

TEST(CocoExport, ASpanCoversItsWordsLineByLine) {
  const Exported exported = export_sample();
  const Json* total = find_annotation(exported, "01");
  EXPECT_EQ(member(total, "bbox"), "[10,40,110,50]");
  EXPECT_EQ(member(total, "segmentation"),
            "[[10,40,120,40,120,61,10,61],[10,70,40,70,40,90,10,90]]");
  EXPECT_EQ(member(total, "area"), std::to_string(110 * 21 + 30 * 20));
}

TEST(CocoExport, TextIsReadWithItsCorrections) {
  const Exported exported = export_sample();
  EXPECT_EQ(find_annotation(exported, "01")->find("attributes")->string_or("text", ""),
            "Total 12,50 \u20ac");
}

TEST(CocoExport, BoxesBecomeWidthAndHeight) {
  EXPECT_EQ(member(find_annotation(export_sample(), "02"), "bbox"), "[100,100,51,31]");
}

TEST(CocoExport, PolygonsKeepTheirCornersAndArea) {
  const Exported exported = export_sample();
  const Json* polygon = find_annotation(exported, "03");
  EXPECT_EQ(member(polygon, "segmentation"), "[[0,0,11,0,0,5]]");
  EXPECT_EQ(member(polygon, "bbox"), "[0,0,11,5]");
  EXPECT_EQ(member(polygon, "area"), "27.5");
}

TEST(CocoExport, TablesBecomeTheBoxOfTheirRowsAndColumns) {
  EXPECT_EQ(member(find_annotation(export_sample(), "06"), "bbox"), "[10,10,110,51]");
}

TEST(CocoExport, ReportsEverythingThatItCannotHold) {
  EXPECT_EQ(export_sample().loss.lost,
            (std::map<std::string, uint64_t>{{"annotation of a whole document", 1},
                                             {"annotation without a place on its page", 1},
                                             {"correction", 1},
                                             {"page without an image", 1},
                                             {"proposal", 1},
                                             {"rejected", 1},
                                             {"relation", 1},
                                             {"rows and columns of a table", 1},
                                             {"words of an annotation on another page", 1}}));
}

TEST(CocoExport, MarksProposalsThatWereAskedFor) {
  ExportOptions options;
  options.proposals = true;
  const Exported exported = export_sample(options);
  const Json* proposal = find_annotation(exported, "08");
  ASSERT_NE(proposal, nullptr);
  EXPECT_EQ(proposal->find("attributes")->string_or("state", ""), "proposed");
  EXPECT_EQ(exported.loss.lost.count("proposal"), 0u);
}

TEST(CocoExport, ALabelThatTheSchemaLostIsReported) {
  const auto documents = test::sample_documents();
  const LossReport loss = TAKE(test::try_export("coco", {{}, {}, test::opener_of(documents)})).loss;
  EXPECT_EQ(loss.annotations, 0u);
  EXPECT_EQ(loss.lost.at("label that is not in the schema"), 6u);
}

TEST(CocoExport, IdsAreUniqueAndPointToImagesAndCategories) {
  const Exported exported = export_sample();
  std::set<int64_t> images;
  std::set<int64_t> ids;
  for (const Json& image : *exported.json.find_array("images")) {
    EXPECT_TRUE(images.insert(image.integer_or("id", 0)).second);
  }
  for (const Json& annotation : *exported.json.find_array("annotations")) {
    EXPECT_TRUE(ids.insert(annotation.integer_or("id", 0)).second);
    EXPECT_TRUE(images.contains(annotation.integer_or("image_id", 0)));
  }
}

TEST(CocoExport, TakesOnlyTheChosenSplits) {
  ExportOptions options;
  options.splits = {"test"};
  const Exported exported = export_sample(options);
  EXPECT_EQ(exported.json.find_array("images")->size(), 1u);
  EXPECT_EQ(exported.json.find_array("annotations")->size(), 1u);
}

}  // namespace
}  // namespace dataset
