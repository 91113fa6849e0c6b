// The long-lived decode workers: sandboxed processes with tesseract loaded.
//
//   auto pool = TRY(WorkerPool::create({.workers = 2}));
//   read_document(*pool, ...);        // ocr/pipeline.h; from as many threads as you like
//
// Workers start when first needed, and are replaced after a death, a limit, `pages_per_worker`
// pages, or when other languages are asked for. A caller waits while all are busy: who is urgent
// before who is not, otherwise in the order of asking, so that documents which are read at the same
// time take turns page by page. `spare` workers are there for the urgent alone, and the kernel
// runs one of them before all others. Thread-safe; destroy it after the last call has returned.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/sandbox.h"

namespace ocr {

// The line detector's file as set-up leaves it: models/line_detector.net below the program's
// directory or one of those above it. Empty if there is none: pages are then read less well.
std::string find_line_detector();

struct WorkerPoolOptions {
  int workers = 2;
  int spare = 0;  // further ones, for the urgent
  int pages_per_worker = 100;
  SandboxMode mode = SandboxMode::full;
  SandboxLimits limits = {};  // for one request: a page, or an archive's entry
  std::string tessdata = {};  // directory of *.traineddata; empty: tesseract's own
  std::string line_detector = find_line_detector();  // empty: do without
};

class Worker;

enum class Urgency { usual, urgent };  // urgent: a person waits for this page

class WorkerPool {
 public:
  static base::Result<std::unique_ptr<WorkerPool>> create(WorkerPoolOptions options);
  ~WorkerPool();

  const WorkerPoolOptions& options() const;

  // Borrowed until the lease dies. `languages` are tesseract's, joined with '+'.
  class Lease {
   public:
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Worker& operator*() const { return *worker_; }
    Worker* operator->() const { return worker_.get(); }

   private:
    friend class WorkerPool;
    Lease(WorkerPool* pool, std::unique_ptr<Worker> worker);
    WorkerPool* pool_;
    std::unique_ptr<Worker> worker_;
  };
  base::Result<Lease> lease(const std::string& languages, Urgency urgency = Urgency::usual);
  // Processes alive now, and callers that wait for one: for health pages and tests.
  int alive() const;
  int waiting() const;

 private:
  struct State;
  explicit WorkerPool(std::unique_ptr<State> state);
  void give_back(std::unique_ptr<Worker> worker);
  std::unique_ptr<State> state_;
};

// The languages installed for tesseract, sorted: "deu", "eng", ...
std::vector<std::string> installed_languages(const std::string& tessdata = "");
// Of them, those whose lines tesseract itself reads, slower, for their networks are of another form
// (docs/decisions/0110-lines-are-read-by-our-own-code.md).
std::vector<std::string> languages_of_tesseract_alone(const std::string& tessdata = "");

}  // namespace ocr
