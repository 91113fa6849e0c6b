#include "tests/dataset/sample_release.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "corpus/annotation.h"
#include "tests/dataset/fixtures.h"
#include "tests/support/result_matchers.h"

namespace test {

using base::Code;
using base::Error;
using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;
using dataset::DvcObjectKind;
using dataset::ExportDocument;
using dataset::ManifestRecord;
using dataset::TextRef;

namespace {

Annotation annotation(int number, AnnotationType type, std::string label) {
  Annotation value;
  std::string digits = std::to_string(number);
  value.id.text = "01JD000000000000000000000" + digits;
  value.id.text.resize(26 - digits.size());
  value.id.text += digits;
  value.type = type;
  value.label = std::move(label);
  return value;
}

corpus::Word word(corpus::WordId id, uint32_t line, corpus::Box box, std::string text) {
  return {
      .id = id, .block = 0, .line = line, .box = box, .confidence = 900, .text = std::move(text)};
}

std::vector<corpus::Word> invoice_words() {
  return {word(1, 0, {10, 10, 60, 30}, "Invoice"), word(2, 0, {70, 12, 120, 30}, "No."),
          word(3, 1, {10, 40, 60, 60}, "Tota1"), word(4, 1, {70, 40, 120, 61}, "12,50"),
          word(5, 2, {10, 70, 40, 90}, "\u20ac")};
}

Annotation total() {
  Annotation value = annotation(1, AnnotationType::span, "total");
  value.words = {3, 4, 5};
  value.attributes["currency"] = "EUR";
  return value;
}

std::vector<Annotation> invoice_annotations() {
  std::vector<Annotation> list = {total()};
  list.push_back(annotation(2, AnnotationType::box, "stamp"));
  list.back().box = corpus::Box{100, 100, 151, 131};
  list.push_back(annotation(3, AnnotationType::polygon, "stamp"));
  list.back().polygon = {{0, 0}, {11, 0}, {0, 5}};
  list.push_back(annotation(4, AnnotationType::relation, "belongs"));
  list.back().from = list[0].id;
  list.back().to = list[1].id;
  list.push_back(annotation(5, AnnotationType::value, "total"));
  list.back().text = "12.50";
  list.push_back(annotation(6, AnnotationType::table, "items"));
  list.back().rows = {{"header", {1, 2}, {}}, {"", {3, 4}, {}}};
  list.back().columns = {{"name", {1, 3}, {}}};
  list.push_back(annotation(7, AnnotationType::correction, ""));
  list.back().words = {3};
  list.back().replacements = {{"Total", {10, 40, 60, 60}}};
  list.push_back(annotation(8, AnnotationType::span, "total"));
  list.back().words = {1};
  list.back().proposed = true;
  list.back().origin = corpus::Origin{"reader", "2"};
  list.back().confidence = 512;
  list.push_back(annotation(9, AnnotationType::span, "total"));
  list.back().words = {2};
  list.back().review = corpus::AnnotationReview{corpus::Verdict::rejected, "not the total"};
  return list;
}

corpus::Page page(std::string_view image, int32_t width, int32_t height) {
  corpus::Page value;
  value.width = width;
  value.height = height;
  value.dpi = 300;
  value.image = stored(image, "image/png");
  return value;
}

ExportDocument document(std::string_view source, std::string media_type, std::string split) {
  ExportDocument value;
  value.document.source = stored(source, std::move(media_type));
  value.document.id = corpus::DocumentId::of(value.document.source.sha256);
  value.document.pipeline.version = "1";
  value.split = std::move(split);
  value.state = "accepted";
  return value;
}

ExportDocument invoice() {
  ExportDocument value = document("invoice", "application/pdf", "train");
  value.document.pages = {page("invoice page 1", 200, 300), corpus::Page{}};
  value.document.pages[1].failure = "the page could not be decoded";
  value.pages.resize(2);
  value.pages[0].words = invoice_words();
  value.pages[0].annotations = invoice_annotations();
  value.annotations = {annotation(20, AnnotationType::class_, "invoice")};
  return value;
}

ExportDocument letter() {
  ExportDocument value = document("letter", "image/jpeg", "test");
  value.document.pages = {page("letter page 1", 100, 120)};
  value.document.pages[0].text = corpus::TextOrigin::text_layer;
  value.pages.resize(1);
  value.pages[0].words = {word(1, 0, {5, 5, 50, 20}, "\"Gr\u00fc\u00dfe\"")};
  value.pages[0].annotations = {annotation(1, AnnotationType::span, "greeting")};
  value.pages[0].annotations[0].words = {1, 99};
  return value;
}

}  // namespace

std::vector<ExportDocument> sample_documents() {
  std::vector<ExportDocument> documents = {invoice(), letter()};
  std::sort(documents.begin(), documents.end(),
            [](const auto& a, const auto& b) { return a.document.id < b.document.id; });
  return documents;
}

corpus::Schema sample_schema() {
  corpus::Schema schema;
  for (const char* name : {"total", "stamp", "greeting"}) {
    schema.labels.emplace_back();
    schema.labels.back().name = name;
  }
  schema.tables.emplace_back();
  schema.tables.back().name = "items";
  return schema;
}

dataset::OpenExport opener_of(const std::vector<ExportDocument>& documents) {
  return [&documents](const dataset::ExportOptions&,
                      dataset::ExportDepth) -> Result<dataset::NextDocument> {
    return dataset::NextDocument(
        [&documents, at = size_t{0}]() mutable -> Result<std::optional<ExportDocument>> {
          if (at == documents.size()) return std::optional<ExportDocument>{};
          return std::optional(documents[at++]);
        });
  };
}

namespace {

// Fills the stores of a release with the bytes of its documents.
class ReleaseFiller {
 public:
  explicit ReleaseFiller(SampleRelease& release) : release_(release) {}

  void bytes(std::string_view content) { release_.objects[base::md5_of(content).hex()] = content; }

  TextRef text(const std::string& content) {
    const TextRef ref = dataset::text_ref_of(content);
    bytes(content);
    release_.blobs[ref.blob.hex()] = content;
    return ref;
  }

  void add(const ExportDocument& document) {
    std::vector<dataset::PageTexts> texts(document.pages.size());
    std::map<std::string, uint64_t> labels;
    for (size_t i = 0; i < texts.size(); ++i) {
      const dataset::ExportPage& page = document.pages[i];
      if (document.document.pages[i].failed()) continue;
      texts[i].words = text(corpus::print_words(page.words));
      texts[i].annotations = text(corpus::print_annotations(page.annotations));
      dataset::count_labels(page.annotations, labels);
    }
    ManifestRecord record = dataset::make_record(document.document, texts);
    record.split = document.split;
    record.state = document.state;
    record.groups = {dataset::group_pseudonym("salt", "claim=" + document.document.id.hex)};
    if (!document.annotations.empty()) {
      record.annotations = text(corpus::print_annotations(document.annotations));
      dataset::count_labels(document.annotations, labels);
    }
    record.labels = labels;
    release_.records.push_back(record);
  }

 private:
  SampleRelease& release_;
};

}  // namespace

SampleRelease sample_release() {
  SampleRelease release;
  ReleaseFiller filler(release);
  for (const ExportDocument& document : sample_documents()) filler.add(document);
  for (const char* content : {"invoice", "letter", "invoice page 1", "letter page 1"}) {
    filler.bytes(content);
  }
  release.header = header_of({});
  release.header.schema = filler.text(corpus::print_schema(sample_schema()));
  release.header.guidelines = {{"guidelines/README.md", filler.text("# How to label\n")}};
  release.publish();
  return release;
}

void SampleRelease::publish() {
  header.totals = {};
  for (const ManifestRecord& record : records) header.totals.add(record);
  manifest = dataset::print_header(header);
  for (const ManifestRecord& record : records) manifest += dataset::print_record(record);
  objects[base::md5_of(manifest).hex()] = manifest;
  const dataset::SnapshotStore store{
      .open_tree = [this]() -> Result<dataset::TreeWriter> {
        auto content = std::make_shared<std::string>();
        return dataset::TreeWriter{
            [content](std::string_view chunk) -> Result<void> {
              *content += chunk;
              return {};
            },
            [this, content](const base::Md5& md5,
                            const std::vector<base::Md5>& files) -> Result<void> {
              const auto tree = TRY(dataset::parse_dvc_tree(*content));
              if (tree.entries.size() != files.size()) {
                return Error{Code::internal, "other files are named"};
              }
              objects[md5.hex() + ".dir"] = *content;
              return {};
            }};
      },
      .need_text = [this](const TextRef& text) -> Result<void> {
        objects[text.md5.hex()] = blobs.at(text.blob.hex());
        return {};
      }};
  const dataset::SnapshotSettings settings{
      .remote_url = "https://glossator.example/acme/claims.dvc",
      .repository_url = "https://glossator.example/acme/claims.data.git",
      .creator = "acme",
      .published_at = 1'790'000'000'000};
  snapshot = TAKE(dataset::make_snapshot(settings, header, base::hashes_of(manifest),
                                         reader_of(records), store));
  files.clear();
  for (const dataset::RepositoryFile& file : snapshot.files) files[file.path] = file.content;
}

dataset::VerifyReaders SampleRelease::readers() {
  dataset::VerifyReaders readers;
  readers.open_manifest = [this]() -> Result<dataset::ManifestReader::Chunks> {
    return dataset::ManifestReader::Chunks(
        [text = manifest]() mutable -> Result<std::string> { return std::exchange(text, {}); });
  };
  readers.object = [this](const base::Md5& md5, DvcObjectKind kind,
                          const std::function<void(std::string_view)>& take) -> Result<void> {
    const auto found = objects.find(md5.hex() + (kind == DvcObjectKind::directory ? ".dir" : ""));
    if (found == objects.end()) return Error{Code::not_found, "no such object"};
    take(found->second);
    return {};
  };
  readers.blob = [this](const base::Sha1& id) -> Result<std::string> {
    const auto found = blobs.find(id.hex());
    if (found == blobs.end()) return Error{Code::not_found, "no such blob"};
    return found->second;
  };
  readers.snapshot_file = [this](std::string_view path) -> Result<std::string> {
    const auto found = files.find(std::string(path));
    if (found == files.end()) return Error{Code::not_found, "no such file"};
    return found->second;
  };
  return readers;
}

}  // namespace test
