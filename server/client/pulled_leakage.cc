#include "server/client/pulled_leakage.h"

#include "corpus/layout.h"
#include "corpus/words.h"
#include "server/client/pull_plan.h"

namespace server::client {

using base::Code;
using base::Error;

namespace {

base::Path words_file(const base::Path& directory, const corpus::DocumentId& id,
                      corpus::PageNumber page) {
  return directory / "documents" / id.hex.substr(0, 1) / id.hex / "pages" /
         (corpus::page_digits(page) + ".words.tsv");
}

// Nothing where it was not pulled.
Result<std::optional<dataset::PageSketch>> sketch_of(const base::Path& file,
                                                     const dataset::TextRef& words) {
  const auto text = base::read_file(file);
  if (!text.ok() && text.error().code == Code::not_found) {
    return std::optional<dataset::PageSketch>();
  }
  if (!text.ok()) return text.error();
  if (base::sha256_of(*text) != words.sha256) {
    return Error{Code::invalid, file.string() + " is not what the release names: pull it again"};
  }
  return std::optional(dataset::sketch_of(TRY(corpus::parse_words(*text))));
}

}  // namespace

Result<PulledLeakage> leakage_of_pulled(const base::Path& directory) {
  auto manifest = open_manifest_file(directory / "manifest.jsonl");
  if (!manifest.ok()) return manifest.error().within("reading the manifest");
  PulledLeakage found;
  found.name = manifest->header().name;
  found.version = dataset::print_version(manifest->header().version);
  if (!manifest->header().split) {
    return Error{Code::invalid, "the release has no split, so no border to leak across"};
  }
  dataset::LeakageSearch search;
  while (const auto record = TRY(manifest->next())) {
    std::vector<dataset::PageSketch> sketches;
    for (const dataset::ManifestPage& page : record->pages) {
      const auto number = static_cast<corpus::PageNumber>(sketches.size() + 1);
      const auto sketch =
          page.words ? TRY(sketch_of(words_file(directory, record->id, number), *page.words))
                     : std::nullopt;
      found.pages_without_words += !sketch;
      sketches.push_back(sketch.value_or(dataset::PageSketch()));
    }
    search.add(dataset::leakage_member_of(*record), sketches);
  }
  found.report = search.finish();
  return found;
}

}  // namespace server::client
