// Reads single pages through the pool, several at once, delivered in their order. The server's
// side; one object a document, one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "ocr/detail/wire.h"
#include "ocr/pipeline.h"

namespace ocr::detail {

// A page to be read: an image of the input file, or one that poppler drew.
struct PageJob {
  corpus::PageNumber number = 0;
  PageRequest request;
  std::string pnm;                 // drawn by poppler; empty: the input file itself
  std::optional<Failure> failure;  // it could not even be drawn
};

class PageReader {
 public:
  PageReader(WorkerPool& pool, int input, const ReadSettings& settings, const ReadEvents& events)
      : pool_(pool), input_(input), settings_(settings), events_(events) {}

  // Reads them all and delivers each to on_page.
  base::Result<void> read(std::vector<PageJob> jobs, uint32_t total);
  // How many images the input holds, or why it cannot be told.
  base::Result<ProbeReply> probe(Format format);

  DocumentReading& reading() { return reading_; }
  std::string languages() const;

 private:
  struct Answer {
    PageReply reply;
    double cpu_seconds = 0;
    std::optional<base::Sha256> key = {};
    bool recalled = false;
  };
  Urgency urgency_of(corpus::PageNumber number) const;
  base::Result<Answer> answer(const PageJob& job);
  base::Result<Answer> ask(const PageJob& job, int fd);
  // What the worker says to the request in the end; an earlier reading ends it early.
  base::Result<Frame> converse(Worker& worker, const PageRequest& request, int fd, Answer& answer);
  // What decides the page, with the digest of its pixels.
  base::Sha256 key_of(const PageRequest& request, const std::string& digest) const;
  void deliver(const PageJob& job, Answer answer, uint32_t total);

  WorkerPool& pool_;
  int input_;
  const ReadSettings& settings_;
  const ReadEvents& events_;
  DocumentReading reading_;
  // Pages of one document are often alike: the last drawing and what came of it.
  std::optional<base::Sha256> last_drawing_;
  Answer last_answer_;
};

}  // namespace ocr::detail
