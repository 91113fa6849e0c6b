// What a snapshot says to people and to catalogues: README.md and croissant.json.
#include <algorithm>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "dataset/snapshot.h"

namespace dataset {

using base::Json;

namespace {

// Croissant 1.1, appendix 1, and the terms of 1.0 that readers still ask for.
Json croissant_context() {
  const Json verbatim = Json::object({{"@id", "cr:data"}, {"@type", "@json"}});
  Json examples = verbatim;
  examples.set("@id", "cr:examples");
  Json context =
      Json::object({{"@language", "en"},
                    {"@vocab", "https://schema.org/"},
                    {"sc", "https://schema.org/"},
                    {"cr", "http://mlcommons.org/croissant/"},
                    {"rai", "http://mlcommons.org/croissant/RAI/"},
                    {"dct", "http://purl.org/dc/terms/"},
                    {"conformsTo", "dct:conformsTo"},
                    {"data", verbatim},
                    {"dataType", Json::object({{"@id", "cr:dataType"}, {"@type", "@vocab"}})},
                    {"examples", examples}});
  for (const char* term : {"annotation",    "arrayShape",   "citeAs",
                           "column",        "containedIn",  "equivalentProperty",
                           "excludes",      "extract",      "field",
                           "fileObject",    "fileProperty", "fileSet",
                           "format",        "includes",     "isArray",
                           "isLiveDataset", "jsonPath",     "key",
                           "md5",           "parentField",  "path",
                           "readLines",     "recordSet",    "references",
                           "regex",         "repeated",     "replace",
                           "samplingRate",  "sdVersion",    "separator",
                           "source",        "subField",     "transform",
                           "unArchive",     "value"}) {
    context.set(term, std::string("cr:") + term);
  }
  return context;
}

bool is_spdx_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '+';
  }) && !text.starts_with("LicenseRef-");
}

std::string licence_of(const ManifestHeader& header) {
  if (header.licence.empty()) return "All rights reserved";
  if (is_spdx_id(header.licence)) return "https://spdx.org/licenses/" + header.licence + ".html";
  return header.licence;
}

std::string description_of(const ManifestHeader& header) {
  const std::string counts = std::to_string(header.totals.documents) + " documents, " +
                             std::to_string(header.totals.pages) + " pages.";
  return header.description.empty() ? counts : header.description + " " + counts;
}

Json file_set(const char* id, const char* description, const char* includes, const char* format) {
  return Json::object({{"@type", "cr:FileSet"},
                       {"@id", id},
                       {"name", id},
                       {"description", description},
                       {"includes", includes},
                       {"encodingFormat", format}});
}

Json distribution_of(const base::ContentHashes& manifest) {
  return Json::array(
      {Json::object({{"@type", "cr:FileObject"},
                     {"@id", "manifest.jsonl"},
                     {"name", "manifest.jsonl"},
                     {"description",
                      "One document a line after the header, with the hashes of all its files."},
                     {"contentUrl", "manifest.jsonl"},
                     {"contentSize", std::to_string(manifest.size) + " B"},
                     {"encodingFormat", "application/jsonlines"},
                     {"sha256", manifest.sha256.hex()}}),
       file_set("page-images", "The upright image of each page, to which all boxes refer.",
                "documents/*/*/images/*", "image/*"),
       file_set("words", "The words of each page with their boxes.",
                "documents/*/*/pages/*.words.tsv", "text/tab-separated-values"),
       file_set("annotations", "The labels of each page, one a line.",
                "documents/*/*/pages/*.annotations.jsonl", "application/jsonlines")});
}

// The parts of the split as an enumeration (cr:Split).
Json splits_of(const ManifestHeader& header) {
  Json data = Json::array();
  for (const auto& [part, count] : header.totals.splits) {
    data.push(Json::object({{"splits/name", part}, {"splits/documents", count}}));
  }
  return Json::object(
      {{"@type", "cr:RecordSet"},
       {"@id", "splits"},
       {"name", "splits"},
       {"description", "The parts of the split; the manifest names the part of each document."},
       {"dataType", "cr:Split"},
       {"key", Json::object({{"@id", "splits/name"}})},
       {"field", Json::array({Json::object({{"@type", "cr:Field"},
                                            {"@id", "splits/name"},
                                            {"name", "splits/name"},
                                            {"dataType", "sc:Text"}}),
                              Json::object({{"@type", "cr:Field"},
                                            {"@id", "splits/documents"},
                                            {"name", "splits/documents"},
                                            {"dataType", "sc:Integer"}})})},
       {"data", data}});
}

std::string counts_table(const char* what, const std::map<std::string, uint64_t>& counts) {
  if (counts.empty()) return {};
  std::string table = "\n| " + std::string(what) + " | count |\n|---|---:|\n";
  for (const auto& [name, count] : counts) {
    table += "| " + name + " | " + std::to_string(count) + " |\n";
  }
  return table;
}

std::string figures_of(const ReleaseFigures& figures) {
  std::string text;
  for (const Figure& figure : print_figures(figures)) {
    text += "\n![" + figure.title + "](" + figure.path + ")\n";
  }
  return text;
}

std::string changes_of(const std::string& changes) {
  if (changes.empty()) return {};
  std::string text = "\n## What changed\n\n";
  for (const std::string_view line : base::split(changes, '\n')) {
    if (!line.empty()) text += "- " + std::string(line) + "\n";
  }
  return text;
}

}  // namespace

std::string print_croissant(const SnapshotSettings& settings, const ManifestHeader& header,
                            const base::ContentHashes& manifest) {
  Json json = Json::object(
      {{"@context", croissant_context()},
       {"@type", "sc:Dataset"},
       {"conformsTo", "http://mlcommons.org/croissant/1.1"},
       {"name", header.name},
       {"description", description_of(header)},
       {"license", licence_of(header)},
       {"url", settings.repository_url},
       {"version", print_version(header.version)},
       {"datePublished", base::to_rfc3339(settings.published_at)},
       {"creator", Json::object({{"@type", "sc:Organization"}, {"name", settings.creator}})},
       {"citeAs", settings.creator + ": " + header.name + " " + print_version(header.version) +
                      ", SHA-256 " + manifest.sha256.hex()},
       {"isLiveDataset", false},
       {"distribution", distribution_of(manifest)}});
  if (!header.totals.splits.empty()) json.set("recordSet", Json::array({splits_of(header)}));
  return json.print_pretty();
}

std::string print_snapshot_readme(const SnapshotSettings& settings, const ManifestHeader& header,
                                  const base::ContentHashes& manifest) {
  const std::string tag = release_tag(header.name, header.version);
  return "# " + header.name + " " + print_version(header.version) + "\n\n" +
         description_of(header) + "\n\n" +
         "Licence: " + (header.licence.empty() ? "all rights reserved" : header.licence) + "\n\n" +
         "Digest (SHA-256 of manifest.jsonl): `" + manifest.sha256.hex() + "`\n\n" +
         "| path | content |\n|---|---|\n"
         "| `documents/<0-f>/<document id>/` | source file, page images, words, annotations |\n"
         "| `labels/<0-f>/<document id>/` | words and annotations alone |\n"
         "| `labels/schema.json`, `labels/guidelines/` | what the labels mean |\n"
         "| `manifest.jsonl` | every document with its hashes, split and label counts |\n" +
         counts_table("split", header.totals.splits) + counts_table("label", header.totals.labels) +
         figures_of(settings.figures) + changes_of(settings.changes) +
         "\nThe whole release, or the texts without the images, in a clone:\n\n"
         "    git clone -b " +
         tag + " " + settings.repository_url +
         " data && cd data\n"
         "    dvc remote modify --local glossator password \"Bearer TOKEN\"\n"
         "    dvc pull\n"
         "    dvc pull labels.dvc manifest.jsonl.dvc\n\n"
         "Parts of it without a clone, the token being in a file of your own (mode 600), say\n"
         "~/.glossator-dvc with the two lines `['remote \"glossator\"']` and\n"
         "`password = Bearer TOKEN`:\n\n"
         "    dvc get --config ~/.glossator-dvc " +
         settings.repository_url + " --rev " + tag +
         " manifest.jsonl\n"
         "    dvc import --config ~/.glossator-dvc " +
         settings.repository_url + " --rev " + tag + " labels\n";
}

}  // namespace dataset
