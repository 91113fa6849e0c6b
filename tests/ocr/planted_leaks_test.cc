// Leaks that were planted across a split, found by what the pipeline itself measures: pages are
// drawn as images, some of them are scanned again, stamped, cropped or printed anew on the other
// side of the border, and the report is asked how many it finds, and what else it takes for a leak.
//
// GLOSSATOR_PLANTED_DOCUMENTS says how many documents; figures of 10,000: tests/RESULTS.md.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>

#include "dataset/leakage.h"
#include "ocr/detail/look.h"
#include "ocr/detail/quality.h"
#include "tests/dataset/invented_forms.h"
#include "tests/ocr/invented_scans.h"

namespace ocr::detail {
namespace {

// One page, as the pipeline knows it once it is read.
struct ScannedPage {
  Pix image;
  std::vector<corpus::Word> words = {};
};

struct Found {
  size_t planted = 0;
  size_t found = 0;
};

class Plantation {
 public:
  explicit Plantation(size_t documents) : documents_(documents) {}

  void grow() {
    const size_t each = std::max<size_t>(documents_ / 50, 3);
    plant(
        "form scanned again, stamped", each, [&] { return form(); },
        [&](const ScannedPage& page) {
          return ScannedPage{scans_.scanned_again(page.image, true),
                             forms_.scanned_again(page.words)};
        });
    plant(
        "form cropped to two thirds", each, [&] { return form(); },
        [&](const ScannedPage& page) {
          return ScannedPage{scans_.cropped(page.image, 0.67), forms_.cropped(page.words)};
        });
    plant(
        "form printed anew", each, [&] { return form(); },
        [&](const ScannedPage& page) {
          auto words = forms_.printed_anew(page.words);
          Pix image = scans_.printed(words);
          return ScannedPage{std::move(image), std::move(words)};
        });
    plant(
        "scribble scanned again", each, [&] { return scribble(); },
        [&](const ScannedPage& page) {
          return ScannedPage{scans_.scanned_again(page.image, false)};
        });
    plant(
        "scribble scanned again, stamped", each, [&] { return scribble(); },
        [&](const ScannedPage& page) {
          return ScannedPage{scans_.scanned_again(page.image, true)};
        });
    plant(
        "scribble, margins cut off", each, [&] { return scribble(); },
        [&](const ScannedPage& page) { return ScannedPage{scans_.cropped(page.image, 0.94)}; });
    plant(
        "scribble cropped to two thirds", each, [&] { return scribble(); },
        [&](const ScannedPage& page) { return ScannedPage{scans_.cropped(page.image, 0.67)}; });
    for (size_t i = 0; i < each; ++i) plant_claim("two papers of one claim", i);
    while (next_ < documents_) add(next_ % 5 < 3 ? form() : scribble(), next_ % 5 == 0);
  }

  // Finds out, and prints a line for each kind.
  void harvest() {
    const dataset::LeakageReport report = search_.finish();
    EXPECT_EQ(report.documents, documents_);
    std::set<Pair> pairs;
    std::map<std::string_view, size_t> kinds;
    for (const dataset::LeakagePair& pair : report.pairs) {
      pairs.insert({pair.a, pair.b});
      ++kinds[name_of(pair.kind)];
    }
    size_t right = 0;
    for (const auto& [kind, planted] : planted_) {
      Found& found = found_[kind];
      found.planted = planted.size();
      for (const Pair& pair : planted) found.found += pairs.contains(pair);
      right += found.found;
      std::cout << std::left << std::setw(34) << kind << found.found << " of " << found.planted
                << "\n";
    }
    others_ = pairs.size() - right;
    precision_ =
        static_cast<double>(right) / static_cast<double>(std::max<size_t>(1, pairs.size()));
    std::cout << documents_ << " documents; recall " << recall_but({}) << ", precision "
              << precision_ << " (" << others_ << " others); pairs";
    for (const auto& [kind, count] : kinds) std::cout << " " << kind << " " << count;
    std::cout << std::endl;
  }

  // Of all kinds but these.
  double recall_but(const std::set<std::string>& left_out) const {
    Found sum;
    for (const auto& [kind, found] : found_) {
      if (left_out.contains(kind)) continue;
      sum.planted += found.planted;
      sum.found += found.found;
    }
    return static_cast<double>(sum.found) / static_cast<double>(sum.planted);
  }
  double precision() const { return precision_; }

 private:
  using Pair = std::pair<corpus::DocumentId, corpus::DocumentId>;

  ScannedPage form() {
    auto words = forms_.page();
    Pix image = scans_.printed(words);
    return {std::move(image), std::move(words)};
  }
  ScannedPage scribble() { return {scans_.scribble()}; }

  corpus::DocumentId add(const ScannedPage& page, bool test, std::vector<std::string> groups = {}) {
    const base::Sha256 source = base::sha256_of("document " + std::to_string(next_++));
    const auto id = corpus::DocumentId::of(source);
    const auto look = look_of(page.image, measure_quality(page.image).skew);
    search_.add({.id = id,
                 .part = test ? "test" : "train",
                 .groups = std::move(groups),
                 .source = source,
                 .images = {}},
                {dataset::sketch_of(page.words, look)});
    return id;
  }

  template <typename Make, typename Change>
  void plant(const std::string& kind, size_t count, const Make& make, const Change& change) {
    for (size_t i = 0; i < count; ++i) {
      const ScannedPage page = make();
      const auto original = add(page, i % 2 == 0);
      const auto copy = add(change(page), i % 2 != 0);
      planted_[kind].insert(std::minmax(original, copy));
    }
  }

  void plant_claim(const std::string& kind, size_t number) {
    const std::vector<std::string> claim = {"claim=" + std::to_string(number)};
    const auto one = add(form(), true, claim);
    const auto other = add(scribble(), false, claim);
    planted_[kind].insert(std::minmax(one, other));
  }

  const size_t documents_;
  InventedScans scans_{11};
  test::InventedForms forms_{12};
  dataset::LeakageSearch search_;
  size_t next_ = 0;
  std::map<std::string, std::set<Pair>> planted_;
  std::map<std::string, Found> found_;
  size_t others_ = 0;
  double precision_ = 0;
};

size_t documents_wanted() {
  const char* wanted = std::getenv("GLOSSATOR_PLANTED_DOCUMENTS");
  return wanted ? std::strtoul(wanted, nullptr, 10) : 200;
}

TEST(PlantedLeaks, AreFoundByWordsAndImages) {
  Plantation plantation(documents_wanted());
  plantation.grow();
  plantation.harvest();
  // Scissors that leave no words and other margins leave nothing to go by: told, not hidden.
  EXPECT_GE(plantation.recall_but({"scribble cropped to two thirds"}), 0.95);
  EXPECT_GE(plantation.precision(), 0.98);
}

}  // namespace
}  // namespace ocr::detail
