#include "server/flow/reading.h"

#include <algorithm>
#include <atomic>

#include "corpus/project_settings.h"
#include "dataset/dvc_pointer.h"
#include "dataset/dvc_tree.h"

namespace server {
namespace {

constexpr size_t kImagesPerFlush = 32;
constexpr base::Milliseconds kFlushTime = 1'000;

std::string failure_text(const ocr::Failure& failure) {
  return failure.code + ": " + failure.reason;
}

ocr::Failure failure_in(const std::string& text) {
  const size_t colon = text.find(": ");
  if (colon == std::string::npos) return {ocr::kDamaged, text};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

corpus::Page entry_of(const ocr::PageReading& reading) {
  corpus::Page page;
  page.width = reading.image.width;
  page.height = reading.image.height;
  page.dpi = reading.image.dpi;
  page.rotation = reading.image.rotation;
  page.text = reading.text;
  page.quality = reading.quality;
  page.marks = reading.marks;
  if (reading.failure) page.failure = failure_text(*reading.failure);
  return page;
}

Result<corpus::WordId> next_word_after(const std::string& words, corpus::WordId next) {
  const auto list = TRY(corpus::parse_words(words));
  return list.empty() ? next : list.back().id + 1;
}

}  // namespace

corpus::Pipeline pipeline_of(const ocr::ReadSettings& settings) {
  return {ocr::pipeline_version(), ocr::describe(settings)};
}

ocr::ReadSettings read_settings(const Services& services, const storage::Project& project,
                                const corpus::DocumentId& id) {
  ocr::ReadSettings settings;
  settings.languages = services.config.languages;
  const auto of_project = corpus::settings_of(project.settings).languages;
  if (!of_project.empty()) settings.languages = of_project;
  settings.limits = services.config.read_limits;
  settings.password = services.passwords.find(project.id, id);
  return settings;
}

Reading::Reading(Services& services, const storage::Project& project,
                 const storage::DocumentRow& row, ocr::ReadSettings& settings)
    : services_(services),
      project_(project),
      row_(row),
      settings_(settings),
      pipeline_(corpus::spelled(pipeline_of(settings))) {}

Result<void> Reading::resume() {
  const auto left = TRY(services_.database->read([&](storage::Transaction& tx) {
    return storage::ReadPageTable(tx).list(project_.id, row_.id);
  }));
  for (const storage::ReadPage& page : left) {
    if (page.pipeline != pipeline_ || page.number != pages_.size() + 1) break;
    corpus::Page entry = TRY(corpus::parse_page(page.entry));
    if (!entry.failed()) {
      settings_.first_word = TRY(next_word_after(page.words, settings_.first_word));
    }
    pages_.push_back({std::move(entry), page.words});
  }
  settings_.pages_done = static_cast<uint32_t>(pages_.size());
  return {};
}

Result<ocr::DocumentReading> Reading::read(const std::function<bool()>& cancelled,
                                           const std::function<void()>& heartbeat) {
  TRY(resume());
  const auto input =
      TRY(services_.blobs->open(project_.organisation_slug, {row_.source.md5, false}));
  ocr::ReadEvents events = this->events();
  const auto note = std::move(events.progress);
  std::atomic<bool> failed = false;  // cancelled() is asked on other threads
  events.progress = [&](uint32_t done, uint32_t total) {
    heartbeat();
    note(done, total);
    failed = !outcome_.ok();
  };
  events.cancelled = [&] { return cancelled() || failed; };
  auto read = ocr::read_document(*services_.readers, input->descriptor(), settings_, events);
  TRY(outcome_);
  if (read.ok()) services_.passwords.forget(project_.id, row_.id);
  return read;
}

ocr::ReadEvents Reading::events() {
  ocr::ReadEvents events;
  events.on_page = [this](ocr::PageReading page) {
    if (outcome_.ok()) outcome_ = add(std::move(page));
  };
  events.progress = [this](uint32_t done, uint32_t total) {
    if (outcome_.ok()) outcome_ = note_progress(done, total);
  };
  events.recall = [this](const base::Sha256& key) { return recall(key); };
  return events;
}

Result<void> Reading::add(ocr::PageReading reading) {
  Page page{entry_of(reading), {}};
  page.entry.image = TRY(stored_image(reading));
  if (!reading.failure) page.words = corpus::print_words(reading.words);
  const std::string entry = corpus::to_json(page.entry).print();
  read_.push_back({reading.number, pipeline_, entry, page.words});
  for (const base::Sha256& key : reading.keys) {
    if (!reading.failure) remembered_.push_back({key, entry, page.words});
  }
  pages_.push_back(std::move(page));
  return {};
}

Result<corpus::StoredFile> Reading::stored_image(const ocr::PageReading& reading) {
  if (reading.image.is_source) return row_.source;
  if (reading.recalled) {
    const std::lock_guard lock(mutex_);
    return recalled_.at(reading.keys.back());
  }
  if (reading.image.bytes.empty()) return corpus::StoredFile();
  return stage_image(reading.image);
}

Result<corpus::StoredFile> Reading::stage_image(const ocr::PageImage& image) {
  auto writer = TRY(services_.blobs->begin(project_.organisation_slug));
  TRY(writer->write(image.bytes));
  const base::ContentHashes hashes = TRY(writer->seal());
  images_.push_back(std::move(writer));
  records_.push_back({{hashes.md5, false}, hashes.sha256, hashes.size, image.media_type});
  return corpus::StoredFile{hashes.md5, hashes.sha256, hashes.size, image.media_type};
}

std::optional<ocr::PageReading> Reading::recall(const base::Sha256& key) {
  auto earlier = find_earlier(key);
  return earlier.ok() ? std::move(*earlier) : std::nullopt;  // then it is read
}

Result<std::optional<ocr::PageReading>> Reading::find_earlier(const base::Sha256& key) {
  const auto known = TRY(services_.database->read([&](storage::Transaction& tx) {
    return storage::PageCacheTable(tx).find(project_.id, key);
  }));
  if (!known) return std::optional<ocr::PageReading>();
  const corpus::Page entry = TRY(corpus::parse_page(known->entry));
  const storage::BlobName name{entry.image.md5, false};
  const bool there = TRY(services_.blobs->exists(project_.organisation_slug, name)) &&
                     TRY(services_.database->read([&](storage::Transaction& tx) {
                       return storage::BlobTable(tx).missing(project_.id, std::vector{name});
                     })).empty();
  if (!there) return std::optional<ocr::PageReading>();
  ocr::PageReading page;
  page.words = TRY(corpus::parse_words(known->words));
  page.text = entry.text;
  page.quality = entry.quality;
  page.marks = entry.marks;
  page.image.width = entry.width;
  page.image.height = entry.height;
  page.image.dpi = entry.dpi;
  page.image.rotation = entry.rotation;
  page.image.media_type = entry.image.media_type;
  const std::lock_guard lock(mutex_);
  recalled_[key] = entry.image;
  return std::optional<ocr::PageReading>(std::move(page));
}

Result<void> Reading::note_progress(uint32_t done, uint32_t total) {
  done_ = done;
  total_ = total;
  const base::Milliseconds now = base::now_milliseconds();
  // The first page at once: somebody may be waiting for it.
  const bool due = !flushed_at_ || now - *flushed_at_ >= kFlushTime || done == total;
  return due || read_.size() >= kImagesPerFlush ? flush() : Result<void>();
}

Result<void> Reading::flush() {
  if (!images_.empty()) TRY(services_.blobs->publish_all(images_));
  images_.clear();
  const base::Milliseconds now = base::now_milliseconds();
  TRY(services_.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::BlobTable(tx).record_many(project_, records_));
    TRY(storage::ReadPageTable(tx).add(project_.id, row_.id, read_));
    TRY(storage::PageCacheTable(tx).keep(project_.id, remembered_, now));
    return storage::DocumentTable(tx).set_progress(
        project_.id, row_.id, static_cast<int32_t>(done_), static_cast<int32_t>(total_), now);
  }));
  flushed_at_ = now;
  records_.clear();
  read_.clear();
  remembered_.clear();
  return {};
}

std::optional<ocr::Failure> Reading::total_failure(const ocr::DocumentReading& reading) const {
  if (reading.refusal) return reading.refusal;
  const bool all = std::all_of(pages_.begin(), pages_.end(),
                               [](const Page& page) { return page.entry.failed(); });
  if (pages_.empty() || !all) return std::nullopt;
  return failure_in(pages_.front().entry.failure);
}

Result<std::vector<vcs::Edit>> Reading::finish(const ocr::DocumentReading& reading,
                                               const corpus::FanOut& fan_out,
                                               const corpus::Document* before) {
  if (!read_.empty()) TRY(flush());
  document_.id = row_.id;
  document_.source = row_.source;
  document_.next_word = reading.next_word;
  document_.pipeline = pipeline_of(settings_);
  const std::string directory = corpus::document_dir(fan_out, row_.id);
  const std::string extension = corpus::extension_of(row_.source.media_type);
  std::vector<vcs::Edit> edits;
  edits.push_back({corpus::source_pointer_path(directory, extension), source_pointer(extension)});
  for (size_t i = 0; i < pages_.size(); ++i) {
    Page& page = pages_[i];
    document_.pages.push_back(std::move(page.entry));
    const corpus::Page* known =
        before != nullptr && i < before->pages.size() ? &before->pages[i] : nullptr;
    if (document_.pages.back().failed()) {
      if (known != nullptr && !known->failed()) document_.pages.back() = *known;
      continue;
    }
    const auto number = static_cast<corpus::PageNumber>(i + 1);
    edits.push_back({corpus::words_path(directory, number), std::move(page.words)});
  }
  for (size_t i = pages_.size(); before != nullptr && i < before->pages.size(); ++i) {
    document_.pages.push_back(before->pages[i]);
  }
  std::string images = TRY(store_image_directory());
  edits.push_back({corpus::images_pointer_path(directory), std::move(images)});
  return edits;
}

std::string Reading::source_pointer(const std::string& extension) const {
  dataset::DvcPointer pointer;
  pointer.outs.push_back({row_.source.md5, row_.source.size, std::nullopt, "source." + extension});
  return dataset::print_dvc_pointer(pointer);
}

// images.dvc and the `.dir` object that it names.
Result<std::string> Reading::store_image_directory() {
  dataset::DvcTree tree;
  uint64_t size = 0;
  std::vector<storage::BlobName> children;
  for (size_t i = 0; i < document_.pages.size(); ++i) {
    const corpus::StoredFile& image = document_.pages[i].image;
    if (image.size == 0) continue;
    tree.entries.push_back(
        {image.md5, corpus::page_image_name(static_cast<corpus::PageNumber>(i + 1),
                                            corpus::extension_of(image.media_type))});
    children.push_back({image.md5, false});
    size += image.size;
  }
  const uint64_t count = tree.entries.size();
  const std::string text = TRY(dataset::print_dvc_tree(std::move(tree)));
  const base::ContentHashes hashes =
      TRY(put_blob(*services_.blobs, project_.organisation_slug, text, {.directory = true}));
  // Without a media type: by theirs collection knows the lists of releases, which it may take.
  TRY(services_.database->write([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).record_directory(
        project_, {{hashes.md5, true}, hashes.sha256, hashes.size, ""}, children);
  }));
  dataset::DvcPointer pointer;
  pointer.outs.push_back({hashes.md5, size, count, "images"});
  return dataset::print_dvc_pointer(pointer);
}

Result<std::optional<SeenPage>> find_read_page(Services& services, const storage::Project& project,
                                               const corpus::DocumentId& id,
                                               corpus::PageNumber number) {
  const auto found = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::ReadPageTable(tx).find(project.id, id, number);
  }));
  if (!found) return std::optional<SeenPage>();
  SeenPage seen{TRY(corpus::parse_page(found->entry)), {}};
  if (!seen.page.failed()) seen.words = TRY(corpus::parse_words(found->words));
  return std::optional<SeenPage>(std::move(seen));
}

Result<std::vector<corpus::Page>> list_read_pages(Services& services,
                                                  const storage::Project& project,
                                                  const corpus::DocumentId& id) {
  std::vector<corpus::Page> pages;
  for (const std::string& entry : TRY(services.database->read([&](storage::Transaction& tx) {
         return storage::ReadPageTable(tx).entries(project.id, id);
       }))) {
    pages.push_back(TRY(corpus::parse_page(entry)));
  }
  return pages;
}

}  // namespace server
