// Writes the history of an invented project as a stream for `git fast-import`, always the same.
//
//   make_project_bench DOCUMENTS COMMITS [LABELS] | git fast-import
//
// Documents of one page come in by a quarter of the commits, in equal parts; the others each change
// the labels of one document, as people's saves do. Every file is printed by the code that prints
// it in the product, with sizes as real claim forms have: some 110 words, some 10 labels, or as
// many as LABELS says.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/digest.h"
#include "corpus/annotation.h"
#include "corpus/config.h"
#include "corpus/document.h"
#include "corpus/layout.h"
#include "corpus/project_files.h"
#include "corpus/words.h"
#include "dataset/dvc_pointer.h"

namespace {

// splitmix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t bound) { return next() % bound; }

 private:
  uint64_t state_;
};

constexpr int32_t kPageWidth = 1654, kPageHeight = 2339;  // A4 at 200 dpi
constexpr int64_t kBegin = 1'700'000'000;                 // the first commit, seconds since 1970
constexpr int kSecondsApart = 60;

const std::vector<std::string> kWords = {
    "Claim", "Total", "Invoice", "Date",   "Insured", "Policy", "Number", "Damage", "the", "of",
    "and",   "EUR",   "Grüße",   "Street", "Vehicle", "Repair", "Amount", "Name",   "to",  "for"};
const std::vector<std::string> kLabels = {"total", "date", "name"};

std::string word_text(Chance& chance) {
  if (chance.below(3) > 0) return kWords[chance.below(kWords.size())];
  return std::to_string(chance.below(1'000'000));
}

std::vector<corpus::Word> make_words(Chance& chance) {
  std::vector<corpus::Word> words;
  int32_t x = 120, y = 100;
  uint32_t line = 0;
  for (uint64_t left = 80 + chance.below(60); left > 0; --left) {
    corpus::Word word;
    word.id = static_cast<corpus::WordId>(words.size() + 1);
    word.text = word_text(chance);
    const auto width = static_cast<int32_t>(word.text.size() * 17 + chance.below(5));
    if (x + width > kPageWidth - 100) {
      x = 120;
      y += 46;
      ++line;
    }
    word.block = line / 6;
    word.line = line;
    const auto top = y + static_cast<int32_t>(chance.below(4));
    word.box = {x, top, x + width, top + 32};
    word.confidence = static_cast<int32_t>(1000 - chance.below(120));
    x += width + 14;
    words.push_back(std::move(word));
  }
  return words;
}

// An id as people's programs make them: some minute of that commit, then chance.
corpus::AnnotationId make_annotation_id(Chance& chance, uint64_t commit) {
  constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text(26, '0');
  uint64_t time = (kBegin + commit * kSecondsApart) * 1000 + chance.below(60'000);
  for (size_t i = 10; i-- > 0; time >>= 5) text[i] = kCrockford[time & 31];
  for (size_t i = 10; i < text.size(); ++i) text[i] = kCrockford[chance.below(32)];
  return {text};
}

corpus::Annotation make_label(Chance& chance, uint64_t commit,
                              const std::vector<corpus::Word>& words) {
  corpus::Annotation label;
  label.id = make_annotation_id(chance, commit);
  label.label = kLabels[chance.below(kLabels.size())];
  const corpus::Word& word = words[chance.below(words.size())];
  label.words = {word.id};
  label.box = word.box;
  label.text = word.text;
  return label;
}

corpus::StoredFile make_file(const std::string& name, const char* media_type, uint64_t size) {
  return {base::md5_of(name), base::sha256_of(name), size, media_type};
}

// What is made again from the number alone, so that nothing need be kept of 100,000 documents.
struct Made {
  corpus::Document document;
  std::vector<corpus::Word> words;
  std::vector<corpus::Annotation> labels;  // as a model proposed them
};

// `labels` of the document; 0: some 10.
Made make_document(uint64_t number, uint64_t commit, uint64_t labels) {
  Chance chance(number + 1);
  Made made;
  const std::string name = "document " + std::to_string(number);
  made.document.source = make_file(name, "image/png", 60'000 + chance.below(40'000));
  made.document.id = corpus::DocumentId::of(made.document.source.sha256);
  corpus::Source source;
  source.external_id = "A-" + std::to_string(number);
  source.file_name = "scan " + std::to_string(number) + ".png";
  source.claim = "C-" + std::to_string(number / 3);
  source.received_at = (kBegin + static_cast<int64_t>(commit) * kSecondsApart) * 1000;
  made.document.sources = {source};
  made.words = make_words(chance);
  corpus::Page page;
  page.width = kPageWidth;
  page.height = kPageHeight;
  page.dpi = 200;
  page.image = make_file("image of " + name, "image/png", 50'000 + chance.below(30'000));
  made.document.pages = {page};
  made.document.next_word = static_cast<corpus::WordId>(made.words.size() + 1);
  made.document.pipeline = {"1", base::Json::object({{"language", "eng"}})};
  for (uint64_t left = labels > 0 ? labels : 6 + chance.below(8); left > 0; --left) {
    corpus::Annotation label = make_label(chance, commit, made.words);
    label.origin = corpus::Origin{"form-reader", "2.1.0"};
    label.confidence = static_cast<int32_t>(1000 - chance.below(300));
    label.proposed = true;
    made.labels.push_back(std::move(label));
  }
  return made;
}

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void put_data(const std::string& content) {
  put("data " + std::to_string(content.size()) + "\n" + content + "\n");
}

void put_file(const std::string& path, const std::string& content) {
  put("M 100644 inline " + path + "\n");
  put_data(content);
}

void put_commit(uint64_t number, const std::string& who, const std::string& message) {
  const auto when = std::to_string(kBegin + static_cast<int64_t>(number) * kSecondsApart);
  put("commit refs/heads/main\nauthor " + who + " " + when + " +0000\ncommitter " + who + " " +
      when + " +0000\n");
  put_data(message);
}

void put_document(uint64_t number, uint64_t commit, uint64_t labels) {
  const Made made = make_document(number, commit, labels);
  const corpus::Document& document = made.document;
  const std::string directory = corpus::document_dir({}, document.id);
  put_file(corpus::document_path(directory), corpus::print_document(document));
  dataset::DvcPointer source, images;
  source.outs.push_back({document.source.md5, document.source.size, {}, "source.png"});
  const corpus::StoredFile& image = document.pages[0].image;
  images.outs.push_back({image.md5, image.size, 1, "images"});
  put_file(corpus::source_pointer_path(directory, "png"), dataset::print_dvc_pointer(source));
  put_file(corpus::images_pointer_path(directory), dataset::print_dvc_pointer(images));
  put_file(corpus::words_path(directory, 1), corpus::print_words(made.words));
  put_file(corpus::page_annotations_path(directory, 1), corpus::print_annotations(made.labels));
}

// Somebody confirms what the model proposed, changes one label, and adds one.
void put_save(uint64_t number, uint64_t brought_by, uint64_t commit, uint64_t labels) {
  Chance chance(commit << 32 | number);
  Made made = make_document(number, brought_by, labels);
  for (corpus::Annotation& label : made.labels) label.proposed = false;
  made.labels[chance.below(made.labels.size())].text = word_text(chance);
  made.labels.push_back(make_label(chance, commit, made.words));
  put_file(corpus::page_annotations_path(corpus::document_dir({}, made.document.id), 1),
           corpus::print_annotations(std::move(made.labels)));
}

void put_project_files() {
  corpus::ProjectConfig config;
  config.project_id = "01HF5TQ0000000000000000000";
  config.name = "claims";
  const auto files = corpus::initial_files(
      config, corpus::default_schema(),
      {"https://glossator.example/acme/claims.git", "https://glossator.example/acme/claims.dvc",
       "https://glossator.example/acme/claims"});
  for (const auto& [path, content] : files) put_file(path, content);
}

void put_history(uint64_t documents, uint64_t commits, uint64_t labels) {
  const std::string server = "Glossator <glossator@glossator.example>";
  const std::vector<std::string> people = {"Ada <ada@acme.example>", "Sam <sam@acme.example>",
                                           "Tess <tess@acme.example>"};
  put_commit(0, server, "Begin the project claims\n");
  put_project_files();
  const uint64_t batches = (commits + 3) / 4;
  std::vector<uint64_t> brought_by(documents);
  uint64_t there = 0;
  for (uint64_t commit = 1; commit < commits; ++commit) {
    const uint64_t batch = (commit - 1) / 4;
    const uint64_t until = documents * (batch + 1) / batches;
    if (commit % 4 == 1 && until > there) {
      put_commit(commit, server, "Read " + std::to_string(until - there) + " documents\n");
      for (; there < until; ++there) {
        brought_by[there] = commit;
        put_document(there, commit, labels);
      }
    } else {
      const uint64_t number = Chance(commit).below(there);
      put_commit(commit, people[commit % people.size()], "Label a document\n");
      put_save(number, brought_by[number], commit, labels);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t documents = argc > 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const uint64_t commits = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const uint64_t labels = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  if (documents == 0 || commits < 2) {
    std::fprintf(stderr, "usage: make_project_bench DOCUMENTS COMMITS [LABELS]\n");
    return 2;
  }
  put_history(documents, commits, labels);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
