// Reads single pages through the pool, several at once, delivered in their order, each as soon as
// it and those before it are read. The server's side; one object a document, one thread.
//
//   PageReader reader(pool, input, settings, events);
//   TRY(reader.read(runs, total, [&](size_t run) { return jobs_of(run); }));
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "ocr/detail/memory_file.h"
#include "ocr/detail/wire.h"
#include "ocr/pipeline.h"

namespace ocr::detail {

// A page to be read: an image of the input file, or one that poppler drew.
struct PageJob {
  corpus::PageNumber number = 0;
  PageRequest request;
  std::shared_ptr<MemoryFile> sheets = {};  // that poppler drew on; null: the input file itself
  std::string_view pnm = {};                // on the sheets, at the request's extent
  std::optional<Failure> failure = {};      // it could not even be drawn
};

class PageReader {
 public:
  PageReader(WorkerPool& pool, int input, const ReadSettings& settings, const ReadEvents& events)
      : pool_(pool), input_(input), settings_(settings), events_(events) {}

  // A run of pages that are made ready together, as by one run of poppler. Called on threads of the
  // reader, several at once.
  using MakeRun = std::function<base::Result<std::vector<PageJob>>(size_t run)>;
  // Reads the pages of runs 0, 1, ... and delivers each to on_page.
  base::Result<void> read(size_t runs, uint32_t total, const MakeRun& make);
  // How many images the input holds, or why it cannot be told.
  base::Result<ProbeReply> probe(Format format);

  DocumentReading& reading() { return reading_; }
  std::string languages() const;

 private:
  struct Answer {
    PageReply reply;
    double cpu_seconds = 0;
    std::vector<base::Sha256> keys = {};
    bool recalled = false;
  };
  Urgency urgency_of(corpus::PageNumber number) const;
  base::Result<Answer> answer(const PageJob& job);
  base::Result<Answer> ask(const PageJob& job, int fd);
  // What the worker says to the request in the end; an earlier reading ends it early.
  base::Result<Frame> converse(Worker& worker, const PageRequest& request, int fd, Answer& answer);
  // What decides the page, with the digest of its pixels.
  base::Sha256 key_of(const PageRequest& request, const std::string& digest) const;
  void deliver(corpus::PageNumber number, Answer answer, uint32_t total);

  class Line;  // the runs that are being read
  void work(Line& line, const MakeRun& make);

  WorkerPool& pool_;
  int input_;
  const ReadSettings& settings_;
  const ReadEvents& events_;
  DocumentReading reading_;
};

}  // namespace ocr::detail
