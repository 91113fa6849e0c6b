// How many compressed bytes one save writes, by the fan-out of documents/.
//
//   fan_out_bench [DOCUMENTS]      prints a table; 1,000,000 documents unless said otherwise
//
// The save: one page of a 3-page document gets its 40 annotations. Written are that file, the trees
// from it to the root, and the commit. The other documents exist as names and ids only, which is
// all of them that the trees hold. Each figure is the mean of several saves at random places.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "vcs/commit.h"
#include "vcs/pack_writer.h"
#include "vcs/tree.h"

namespace {

using vcs::ObjectId;
using vcs::ObjectKind;
using vcs::TreeEntry;

constexpr int kSaves = 20;
constexpr int kPages = 3;
constexpr int kAnnotations = 40;

struct Bytes {
  double labels = 0;    // the annotation file
  double document = 0;  // the trees of the document and of its pages
  double fan_out = 0;   // the trees of documents/ and of its levels
  double top = 0;       // the root's tree and the commit
  double total() const { return labels + document + fan_out + top; }
};

class Project {
 public:
  Project(std::vector<int> digits, double documents)
      : digits_(std::move(digits)), documents_(documents) {}

  Bytes save() {
    Bytes bytes;
    const std::string document = hex(32);
    ObjectId at = add(ObjectKind::blob, annotations(), bytes.labels);
    at = add_tree(pages(at), bytes.document);
    at = add_tree(document_files(at), bytes.document);
    at = add_levels(document, at, bytes.fan_out);
    at = add_tree(root(at), bytes.top);
    add(ObjectKind::commit, commit(at), bytes.top);
    return bytes;
  }

 private:
  ObjectId random_id() {
    ObjectId id;
    for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random_());
    return id;
  }

  std::string hex(size_t digits) {
    std::string out;
    for (size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[random_() % 16];
    return out;
  }

  // Made by a person over an hour or so: the time's first digits are shared, the rest is chance.
  std::string ulid() {
    std::string out = "01KAKD";
    while (out.size() < 26) out += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[random_() % 32];
    return out;
  }

  static ObjectId add(ObjectKind kind, const std::string& content, double& bytes) {
    vcs::PackWriter one;
    const ObjectId id = one.add(kind, content);
    bytes += static_cast<double>(one.byte_count());
    return id;
  }

  static ObjectId add_tree(std::vector<TreeEntry> entries, double& bytes) {
    return add(ObjectKind::tree, vcs::print_tree(std::move(entries)), bytes);
  }

  std::string annotations() {
    static const char* const kLabels[] = {"invoice_number", "total", "date", "iban", "name"};
    std::string out;
    int word = 0;
    for (int i = 0; i < kAnnotations; ++i) {
      const int first = word += 1 + static_cast<int>(random_() % 8);
      out += R"({"id":")" + ulid() + R"(","type":"span","label":")" + kLabels[random_() % 5] +
             R"(","words":[)" + std::to_string(first) + "," + std::to_string(first + 1) +
             R"(],"text":")" + hex(4) + " " + hex(6) + "\"}\n";
    }
    return out;
  }

  std::vector<TreeEntry> pages(const ObjectId& changed) {
    std::vector<TreeEntry> out;
    for (int page = 1; page <= kPages; ++page) {
      const std::string stem = "000" + std::to_string(page);
      out.push_back({vcs::kModeFile, stem + ".words.tsv", random_id()});
      out.push_back({vcs::kModeFile, stem + ".annotations.jsonl", random_id()});
    }
    out.back().id = changed;
    return out;
  }

  std::vector<TreeEntry> document_files(const ObjectId& pages_tree) {
    std::vector<TreeEntry> out = {{vcs::kModeTree, "pages", pages_tree}};
    for (const char* name : {"document.json", "source.pdf.dvc", "images.dvc", "review.json"}) {
      out.push_back({vcs::kModeFile, name, random_id()});
    }
    return out;
  }

  // Sibling documents in the innermost directory, then sibling directories up to documents/.
  ObjectId add_levels(const std::string& document, ObjectId at, double& bytes) {
    double places = 1;
    for (const int digits : digits_) places *= std::pow(16, digits);
    std::poisson_distribution<int> others(documents_ / places);
    std::vector<TreeEntry> entries = {{vcs::kModeTree, document, at}};
    for (int left = others(random_); left > 0; --left) {
      entries.push_back(
          {vcs::kModeTree, document.substr(0, prefix()) + hex(32 - prefix()), random_id()});
    }
    at = add_tree(std::move(entries), bytes);
    double below = documents_ / places;
    for (size_t level = digits_.size(); level-- > 0;) {
      const auto names = static_cast<int>(std::pow(16, digits_[level]));
      at = add_tree(directories(digits_[level], names, 1 - std::exp(-below), at), bytes);
      below *= names;
    }
    return at;
  }

  size_t prefix() const {
    size_t digits = 0;
    for (const int level : digits_) digits += static_cast<size_t>(level);
    return digits;
  }

  // Of all names those that some document has.
  std::vector<TreeEntry> directories(int digits, int names, double share, const ObjectId& changed) {
    std::vector<TreeEntry> out;
    std::bernoulli_distribution is_there(share);
    for (int i = 0; i < names; ++i) {
      char name[9];
      std::snprintf(name, sizeof(name), "%0*x", digits, static_cast<unsigned>(i));
      if (i == 0 || is_there(random_)) out.push_back({vcs::kModeTree, name, random_id()});
    }
    out.front().id = changed;
    return out;
  }

  std::vector<TreeEntry> root(const ObjectId& documents_tree) {
    std::vector<TreeEntry> out = {{vcs::kModeTree, "documents", documents_tree}};
    for (const char* name : {".dvc", "guidelines", "splits"}) {
      out.push_back({vcs::kModeTree, name, random_id()});
    }
    for (const char* name :
         {".gitattributes", ".gitignore", "README.md", "glossator.json", "schema.json"}) {
      out.push_back({vcs::kModeFile, name, random_id()});
    }
    return out;
  }

  std::string commit(const ObjectId& tree) {
    const vcs::Signature who{"Ada Lovelace", "ada@example.com", 1'700'000'000, 60};
    return vcs::print_commit({tree, {random_id()}, who, who, "Label page 3 of " + hex(32) + "\n"});
  }

  const std::vector<int> digits_;
  const double documents_;
  std::mt19937_64 random_{1};
};

Bytes mean_of_saves(const std::vector<int>& digits, double documents) {
  Project project(digits, documents);
  Bytes sum;
  for (int i = 0; i < kSaves; ++i) {
    const Bytes one = project.save();
    sum.labels += one.labels / kSaves;
    sum.document += one.document / kSaves;
    sum.fan_out += one.fan_out / kSaves;
    sum.top += one.top / kSaves;
  }
  return sum;
}

std::string name_of(const std::vector<int>& digits) {
  std::string out = "[";
  for (const int level : digits) out += (out.size() > 1 ? "," : "") + std::to_string(level);
  return out + "]";
}

}  // namespace

int main(int argc, char** argv) {
  const double documents = argc > 1 ? std::atof(argv[1]) : 1e6;
  std::printf("compressed bytes of one save among %.0f documents\n", documents);
  std::printf(
      "| fan-out | labels | document | documents/ | root, commit | total | trees of documents/ "
      "|\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const std::vector<int>& digits : {std::vector<int>{2},
                                         {3},
                                         {4},
                                         {2, 1},
                                         {2, 2},
                                         {1, 1, 1},
                                         {1, 1, 1, 1},
                                         {2, 1, 1},
                                         {1, 1, 1, 1, 1}}) {
    const Bytes bytes = mean_of_saves(digits, documents);
    std::printf("| %s | %.0f | %.0f | %.0f | %.0f | **%.0f** | %zu |\n", name_of(digits).c_str(),
                bytes.labels, bytes.document, bytes.fan_out, bytes.top, bytes.total(),
                digits.size() + 1);
  }
  return 0;
}
