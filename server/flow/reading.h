// Everything that one reading of a document produces, page by page, until it is committed. Pages
// are durable soon after they are read: people see them while the rest is read, and after a crash
// the reading goes on behind them. Pages that the project has read before are remembered.
//
//   ocr::ReadSettings settings = read_settings(services, project, id);
//   Reading reading(services, project, row, settings);
//   const ocr::DocumentReading read = TRY(reading.read(cancelled, heartbeat));
//   if (const auto failure = reading.total_failure(read)) return fail(*failure);
//   auto files = TRY(reading.finish(read, fan_out));
//
// Belongs to one thread, but for what it answers to the readers' threads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "corpus/document.h"
#include "corpus/layout.h"
#include "ocr/pipeline.h"
#include "server/flow/services.h"
#include "storage/blob_table.h"
#include "storage/document_table.h"
#include "storage/read_page_table.h"
#include "vcs/commit_queue.h"

namespace server {

// How documents of the project are read today; with the document's password, if somebody has
// supplied one.
ocr::ReadSettings read_settings(const Services& services, const storage::Project& project,
                                const corpus::DocumentId& id);
// The same, as document.json notes it.
corpus::Pipeline pipeline_of(const ocr::ReadSettings& settings);

class Reading {
 public:
  // `settings` is changed by read(); all must outlive the reading.
  Reading(Services& services, const storage::Project& project, const storage::DocumentRow& row,
          ocr::ReadSettings& settings);

  // Reads the source, behind the pages that an earlier attempt has left, if they were read in the
  // same way. `heartbeat` is called with each page.
  Result<ocr::DocumentReading> read(const std::function<bool()>& cancelled,
                                    const std::function<void()>& heartbeat);

  // What read() is made of. Takes up the pages of an earlier attempt; then on_page, recall and
  // progress; then the first error of what these did: the reading is of no use after it.
  Result<void> resume();
  ocr::ReadEvents events();
  Result<void> outcome() const { return outcome_; }

  // Nothing could be read: why, by the document or its first page.
  std::optional<ocr::Failure> total_failure(const ocr::DocumentReading& reading) const;

  // The files of the document, with all its bytes stored and visible to the project. Once. Pages
  // that could not be read but were, before, stay as they are there, and have no words among the
  // files.
  Result<std::vector<vcs::Edit>> finish(const ocr::DocumentReading& reading,
                                        const corpus::FanOut& fan_out,
                                        const corpus::Document* before = nullptr);
  // After finish(); without its sources: more may come until the commit is made.
  corpus::Document& document() { return document_; }

 private:
  struct Page {
    corpus::Page entry;
    std::string words;  // its words file; empty if the page was not read
  };

  Result<void> add(ocr::PageReading reading);
  Result<corpus::StoredFile> stored_image(const ocr::PageReading& reading);
  Result<corpus::StoredFile> stage_image(const ocr::PageImage& image);
  std::optional<ocr::PageReading> recall(const base::Sha256& key);
  Result<std::optional<ocr::PageReading>> find_earlier(const base::Sha256& key);
  Result<void> note_progress(uint32_t done, uint32_t total);
  Result<void> flush();
  std::string source_pointer(const std::string& extension) const;
  Result<std::string> store_image_directory();

  Services& services_;
  const storage::Project& project_;
  const storage::DocumentRow& row_;
  ocr::ReadSettings& settings_;
  const std::string pipeline_;  // how pages are read, in one word
  corpus::Document document_;
  std::vector<Page> pages_;
  Result<void> outcome_;

  // Not durable yet.
  std::vector<std::unique_ptr<storage::BlobWriter>> images_;
  std::vector<storage::BlobRecord> records_;
  std::vector<storage::ReadPage> read_;
  std::vector<storage::PageCacheTable::Entry> remembered_;
  std::optional<base::Milliseconds> flushed_at_;
  uint32_t done_ = 0;
  uint32_t total_ = 0;

  std::mutex mutex_;
  std::map<base::Sha256, corpus::StoredFile> recalled_;  // images; guarded by mutex_
};

// A page as it was read, while its document is not in git; nothing if it was not read yet.
struct SeenPage {
  corpus::Page page;
  std::vector<corpus::Word> words;
};
Result<std::optional<SeenPage>> find_read_page(Services& services, const storage::Project& project,
                                               const corpus::DocumentId& id,
                                               corpus::PageNumber number);
// Those that are there, from the first on.
Result<std::vector<corpus::Page>> list_read_pages(Services& services,
                                                  const storage::Project& project,
                                                  const corpus::DocumentId& id);

}  // namespace server
