#include "dataset/manifest.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMostLineBytes = 64u << 20;

uint64_t size_of(const std::optional<TextRef>& text) {
  return text ? text->size : 0;
}

// What comes to nothing is not there.
void take_away(std::map<std::string, uint64_t>& counts,
               const std::map<std::string, uint64_t>& gone) {
  for (const auto& [name, count] : gone) {
    if ((counts[name] -= count) == 0) counts.erase(name);
  }
}

std::optional<uint32_t> version_number(std::string_view text) {
  const auto value = base::parse_integer(text);
  if (!value || *value < 0 || *value > 999'999 || std::to_string(*value) != text) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(*value);
}

// A record begins with it, as print_record() prints it.
std::optional<corpus::DocumentId> id_of_record(std::string_view line) {
  constexpr std::string_view kBegin = "{\"document\":\"";
  if (!line.starts_with(kBegin)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const auto id = corpus::DocumentId::parse(line.substr(0, line.find('"')));
  return id.ok() ? std::optional(*id) : std::nullopt;
}

}  // namespace

std::string print_version(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

Result<Version> parse_version(std::string_view text) {
  const auto parts = base::split(text, '.');
  const Error refusal{Code::invalid, "a version is three numbers, such as 1.3.0"};
  if (parts.size() != 3) return refusal;
  const auto major = version_number(parts[0]);
  const auto minor = version_number(parts[1]);
  const auto patch = version_number(parts[2]);
  if (!major || !minor || !patch) return refusal;
  return Version{*major, *minor, *patch};
}

std::string release_tag(std::string_view name, const Version& version) {
  return "datasets/" + std::string(name) + "/v" + print_version(version);
}

base::Sha1 git_blob_id(std::string_view content) {
  base::Hasher<base::Sha1> hasher;
  std::string header = "blob " + std::to_string(content.size());
  header += '\0';
  hasher.update(header);
  hasher.update(content);
  return hasher.finish();
}

TextRef text_ref_of(std::string_view content) {
  const base::ContentHashes hashes = base::hashes_of(content);
  return {git_blob_id(content), hashes.md5, hashes.sha256, hashes.size};
}

ManifestRecord make_record(const corpus::Document& document, const std::vector<PageTexts>& texts) {
  ManifestRecord record;
  record.id = document.id;
  record.source = document.source;
  record.pipeline = document.pipeline.version;
  for (size_t i = 0; i < document.pages.size(); ++i) {
    const corpus::Page& page = document.pages[i];
    ManifestPage entry{.width = page.width,
                       .height = page.height,
                       .text = page.text,
                       .image = {},
                       .words = {},
                       .annotations = {}};
    if (page.image.size > 0) entry.image = page.image;
    if (i < texts.size()) {
      entry.words = texts[i].words;
      entry.annotations = texts[i].annotations;
    }
    record.pages.push_back(std::move(entry));
  }
  return record;
}

std::string group_pseudonym(std::string_view salt, std::string_view group_value) {
  const std::string_view key = group_value.substr(0, group_value.find('='));
  return std::string(key) + "=" + base::hmac_sha256(salt, group_value).hex().substr(0, 16);
}

void ManifestTotals::add(const ManifestRecord& record) {
  ++documents;
  pages += record.pages.size();
  bytes += record.source.size + size_of(record.annotations);
  for (const ManifestPage& page : record.pages) {
    bytes += (page.image ? page.image->size : 0) + size_of(page.words) + size_of(page.annotations);
  }
  for (const auto& [label, count] : record.labels) labels[label] += count;
  if (!record.split.empty()) ++splits[record.split];
}

void ManifestTotals::remove(const ManifestRecord& record) {
  ManifestTotals gone;
  gone.add(record);
  documents -= gone.documents;
  pages -= gone.pages;
  bytes -= gone.bytes;
  take_away(labels, gone.labels);
  take_away(splits, gone.splits);
}

Result<ManifestReader> ManifestReader::open(Chunks chunks, Hashes hashes) {
  ManifestReader reader(std::move(chunks), hashes);
  const auto line = TRY(reader.next_text());
  if (!line) return Error{Code::invalid, "the manifest is empty"};
  auto header = parse_header(*line);
  if (!header.ok()) return header.error().within("header");
  reader.header_ = std::move(header).value();
  return reader;
}

Result<ManifestReader> ManifestReader::open(std::string text) {
  return open([text = std::move(text)]() mutable -> Result<std::string> {
    return std::exchange(text, {});
  });
}

// The next line with its LF; nothing at the end.
Result<std::optional<std::string_view>> ManifestReader::next_text() {
  size_t end = buffer_.find('\n', start_);
  while (end == std::string::npos && !ended_) {
    buffer_.erase(0, std::exchange(start_, 0));
    const size_t searched = buffer_.size();
    if (searched > kMostLineBytes) return Error{Code::limit, "a line of the manifest is too long"};
    const std::string chunk = TRY(chunks_());
    ended_ = chunk.empty();
    if (hashes_ == Hashes::all) hasher_.update(chunk);
    buffer_ += chunk;
    end = buffer_.find('\n', searched);
  }
  if (end == std::string::npos) {
    if (start_ < buffer_.size()) {
      return Error{Code::invalid, "the last line has no end", {line_ + 1, 1}};
    }
    return std::optional<std::string_view>{};
  }
  ++line_;
  const size_t begin = std::exchange(start_, end + 1);
  return std::optional(std::string_view(buffer_).substr(begin, start_ - begin));
}

Result<std::optional<ManifestReader::Line>> ManifestReader::next_line() {
  const auto text = TRY(next_text());
  if (!text) return std::optional<Line>{};
  const auto id = id_of_record(*text);
  if (!id) return Error{Code::invalid, "the line is no record", {line_, 1}};
  if (id->hex <= previous_) return out_of_order();
  previous_ = id->hex;
  return std::optional(Line{*id, *text});
}

Error ManifestReader::out_of_order() const {
  return {Code::invalid, "the documents are not in ascending order", {line_, 1}};
}

Result<std::optional<ManifestRecord>> ManifestReader::next() {
  const auto line = TRY(next_text());
  if (!line) return std::optional<ManifestRecord>{};
  auto record = parse_record(*line);
  if (!record.ok()) {
    Error error = std::move(record).error();
    error.at.line = line_;
    return error;
  }
  if (record->id.hex <= previous_) return out_of_order();
  previous_ = record->id.hex;
  return std::optional<ManifestRecord>(std::move(record).value());
}

Result<base::ContentHashes> ManifestReader::finish() {
  if (!ended_ || start_ < buffer_.size() || hashes_ == Hashes::none) {
    return Error{Code::internal, "the manifest was not read to its end"};
  }
  return hasher_.finish();
}

}  // namespace dataset
