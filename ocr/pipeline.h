// Reads one document: bytes in; pages with canonical images, words and boxes out. What the server
// calls, and all that it needs to know of this module besides ocr/worker_pool.h.
//
//   ReadSettings settings;                       // languages, profile, limits, password
//   ReadEvents events;
//   events.on_page = [&](PageReading page) { keep(page); };
//   const DocumentReading reading = TRY(read_document(pool, fd, settings, events));
//   if (reading.refusal) fail(reading.refusal->code, reading.refusal->reason);
//
// identify -> render or decode in the sandbox -> a PDF's text layer where it is sound, else
// orient, clean and recognise -> words. A page that fails says why in its PageReading and the
// others live on. The input is only read, by position; it stays the caller's.
//
// Blocking; thread-safe; callbacks run on the calling thread, pages in ascending order. An Error
// means that the machine failed (no sandbox, no worker, cancelled) and a retry may help; what is
// wrong with the document is data in the DocumentReading.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"
#include "corpus/document.h"
#include "corpus/words.h"
#include "ocr/failure.h"
#include "ocr/identify.h"
#include "ocr/page_image.h"
#include "ocr/worker_pool.h"

namespace ocr {

enum class Profile { accurate, fast };

struct ReadLimits {
  uint64_t input_bytes = uint64_t{2} << 30;
  uint32_t pages = 10'000;
  uint64_t page_pixels =
      120'000'000;  // above it a page is shrunk where its decoder can, else refused
};

struct ReadSettings {
  std::vector<std::string> languages = {"eng"};  // tesseract's names
  Profile profile = Profile::accurate;
  bool use_text_layer = true;
  bool words_only = false;        // no image is kept, and nothing measured on it: quality and look
  std::string password;           // for encrypted PDF files; never kept, never printed
  corpus::WordId first_word = 1;  // a re-read continues at the document's next_word
  uint32_t pages_done = 0;        // the first so many are passed over: an earlier attempt read them
  uint32_t urgent_pages = 0;      // the first so many go before other documents' pages
  ReadLimits limits;
};

// What decides the words, for document.json and as a cache key: no password, no limits.
base::Json describe(const ReadSettings& settings);
// Changes whenever the same bytes and settings may give other words or images.
std::string pipeline_version();

struct PageReading {
  corpus::PageNumber number = 0;
  std::optional<Failure> failure;  // then nothing below but, perhaps, the image
  PageImage image;                 // of words_only its size alone
  StoredFrame stored;
  std::vector<corpus::Word> words;  // ids ascend through the document
  std::vector<corpus::Mark> marks;
  corpus::TextOrigin text = corpus::TextOrigin::ocr;
  std::optional<corpus::PageQuality> quality;
  double cpu_seconds = 0;
  // Of all that decided it, so that it may be recalled; only where recall is asked. If it was, the
  // last is the one.
  std::vector<base::Sha256> keys;
  bool recalled = false;  // it is what recall gave: the image has no bytes
};

struct ReadEvents {
  std::function<void(PageReading)> on_page;                     // required
  std::function<void(uint32_t done, uint32_t total)> progress;  // may be empty
  std::function<bool()> cancelled;  // may be empty; called on several threads
  // What the page gave before under the same key: its pixels, decoded or as the file packs them,
  // how they came into the file, and the settings. Without image bytes and ids. May be empty;
  // called on several threads at once.
  std::function<std::optional<PageReading>(const base::Sha256& key)> recall;
};

struct DocumentReading {
  std::optional<Failure> refusal;  // the document as a whole; no page was delivered
  std::optional<Format> format;
  uint32_t pages = 0;         // delivered, failed ones included, and those that were done before
  uint32_t failed_pages = 0;  // of those delivered
  corpus::WordId next_word = 1;
  double cpu_seconds = 0;  // of all children
};

base::Result<DocumentReading> read_document(WorkerPool& pool, int input,
                                            const ReadSettings& settings, const ReadEvents& events);

}  // namespace ocr
