#include "ocr/detail/page_reader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "ocr/detail/worker.h"

namespace ocr::detail {
namespace {

constexpr size_t kMostDigests = 2;  // that a worker tells: of what is stored, and of the pixels

// Of a request: not where the image lies, nor how it is asked for.
std::string print_what_decides(PageRequest request) {
  request.extent.reset();
  return to_json(request).print();
}

// Pages of one document are often alike, above all the blank ones.
bool is_drawn_like(const PageJob& page, const PageJob& before) {
  return !page.pnm.empty() && page.pnm == before.pnm &&
         print_what_decides(page.request) == print_what_decides(before.request);
}

PageReply failed(Failure failure) {
  PageReply reply;
  reply.failure = std::move(failure);
  return reply;
}

// Only a file that is one whole image can be its own canonical image.
bool may_be_source(const PageJob& job) {
  return job.sheets == nullptr && (job.request.format == "png" || job.request.format == "jpeg");
}

}  // namespace

std::string PageReader::languages() const {
  return base::join(settings_.languages, "+");
}

Urgency PageReader::urgency_of(corpus::PageNumber number) const {
  return number <= settings_.urgent_pages ? Urgency::urgent : Urgency::usual;
}

base::Result<ProbeReply> PageReader::probe(Format format) {
  auto lease = TRY(pool_.lease(languages(), urgency_of(1)));
  const base::Json request = base::Json::object({{"verb", "probe"}, {"format", name_of(format)}});
  const auto asked = lease->ask(request, input_);
  auto frame = asked.ok() ? lease->next(events_.cancelled) : base::Result<Frame>(asked.error());
  reading_.cpu_seconds += lease->take_cpu_seconds();
  if (frame.ok()) return parse_probe_reply(frame->json);
  if (lease->ending() == Ending::cancelled) return frame.error();
  return ProbeReply{failure_of(lease->ending()), 0};
}

base::Sha256 PageReader::key_of(const PageRequest& request, const std::string& digest) const {
  base::Hasher<base::Sha256> hasher;
  hasher.update(pipeline_version() + ' ' + describe(settings_).print());
  hasher.update(print_what_decides(request));
  hasher.update(digest);
  return hasher.finish();
}

base::Result<Frame> PageReader::converse(Worker& worker, const PageRequest& request, int fd,
                                         Answer& answer) {
  TRY(worker.ask(to_json(request), fd));
  while (true) {
    Frame frame = TRY(worker.next(events_.cancelled));
    const std::string* digest = frame.json.find_string("digest");
    const bool asks = request.asks_first && answer.keys.size() < kMostDigests;
    if (!asks || digest == nullptr) return frame;
    answer.keys.push_back(key_of(request, *digest));
    auto earlier = events_.recall(answer.keys.back());
    TRY(worker.tell(base::Json::object({{"go_on", !earlier.has_value()}})));
    if (!earlier) continue;
    answer.recalled = true;
    answer.reply.image = std::move(earlier->image);
    answer.reply.words = std::move(earlier->words);
    answer.reply.from_layer = earlier->text == corpus::TextOrigin::text_layer;
    answer.reply.marks = std::move(earlier->marks);
    answer.reply.quality = earlier->quality;
    return Frame();
  }
}

base::Result<PageReader::Answer> PageReader::ask(const PageJob& job, int fd) {
  PageRequest request = job.request;
  request.asks_first = static_cast<bool>(events_.recall);
  auto lease = TRY(pool_.lease(languages(), urgency_of(job.number)));
  Answer answer;
  auto frame = converse(*lease, request, fd, answer);
  answer.cpu_seconds = lease->take_cpu_seconds();
  if (answer.recalled) return answer;
  if (!frame.ok()) {
    if (lease->ending() == Ending::cancelled) return frame.error();
    answer.reply = failed(failure_of(lease->ending()));
    return answer;
  }
  auto reply = parse_page_reply(frame->json, std::move(frame->bytes));
  const bool sound = reply.ok() && (!reply->image.is_source || may_be_source(job)) &&
                     (!reply->without_image || request.words_only);
  answer.reply = sound ? std::move(*reply) : failed(failure_of(Ending::broke_rules));
  return answer;
}

base::Result<PageReader::Answer> PageReader::answer(const PageJob& job) {
  if (job.failure) return Answer{failed(*job.failure), 0};
  return ask(job, job.sheets ? job.sheets->descriptor() : input_);
}

void PageReader::deliver(corpus::PageNumber number, Answer answer, uint32_t total) {
  PageReading page;
  page.number = number;
  page.failure = std::move(answer.reply.failure);
  page.image = std::move(answer.reply.image);
  page.stored = answer.reply.stored;
  page.words = std::move(answer.reply.words);
  page.text = answer.reply.from_layer ? corpus::TextOrigin::text_layer : corpus::TextOrigin::ocr;
  page.marks = std::move(answer.reply.marks);
  page.quality = answer.reply.quality;
  page.keys = std::move(answer.keys);
  page.recalled = answer.recalled;
  page.cpu_seconds = answer.cpu_seconds;
  for (corpus::Word& word : page.words) word.id = reading_.next_word++;
  ++reading_.pages;
  reading_.failed_pages += page.failure ? 1 : 0;
  reading_.cpu_seconds += page.cpu_seconds;
  events_.on_page(std::move(page));
  if (events_.progress) events_.progress(reading_.pages, total);
}

// Runs are taken by whoever is free and delivered in their order; who is far ahead waits, so that
// memory does not follow the document.
class PageReader::Line {
 public:
  struct Page {
    corpus::PageNumber number = 0;
    Answer answer;
  };

  Line(size_t runs, size_t most_ahead) : runs_(runs), most_ahead_(most_ahead), states_(runs) {}

  // The next run to read; nothing at the end, or when all is to stop.
  std::optional<size_t> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || next_ == runs_ || next_ < first_ + most_ahead_; });
    if (stopped_ || next_ == runs_) return std::nullopt;
    return next_++;
  }
  void add(size_t run, Page page) {
    change([&] { states_[run].pages.push_back(std::move(page)); });
  }
  void end(size_t run, base::Result<void> outcome) {
    change([&] {
      states_[run].outcome = std::move(outcome);
      states_[run].ended = true;
    });
  }
  void stop() {
    change([&] { stopped_ = true; });
  }
  bool stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

  // The next page in order; nothing when all are out, or the error of the run that could not be
  // read.
  base::Result<std::optional<Page>> next() {
    std::unique_lock lock(mutex_);
    while (first_ < runs_) {
      State& run = states_[first_];
      changed_.wait(lock, [&] { return !run.pages.empty() || run.ended; });
      if (!run.pages.empty()) {
        std::optional<Page> page = std::move(run.pages.front());
        run.pages.pop_front();
        return page;
      }
      TRY(run.outcome);
      ++first_;
      changed_.notify_all();
    }
    return std::optional<Page>();
  }

 private:
  struct State {
    std::deque<Page> pages;
    bool ended = false;
    base::Result<void> outcome;
  };

  template <typename Change>
  void change(const Change& change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  const size_t runs_;
  const size_t most_ahead_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> states_;  // guarded, like all below
  size_t next_ = 0;            // to be taken
  size_t first_ = 0;           // that is not delivered whole
  bool stopped_ = false;
};

void PageReader::work(Line& line, const MakeRun& make) {
  while (const auto run = line.take()) {
    const auto read_run = [&]() -> base::Result<void> {
      const std::vector<PageJob> jobs = TRY(make(*run));
      Answer last;
      for (size_t i = 0; i < jobs.size() && !line.stopped(); ++i) {
        const bool again = i > 0 && is_drawn_like(jobs[i], jobs[i - 1]);
        if (again) {
          last.cpu_seconds = 0;
        } else {
          last = TRY(answer(jobs[i]));
        }
        line.add(*run, {jobs[i].number, last});
      }
      return {};
    };
    line.end(*run, read_run());
  }
}

base::Result<void> PageReader::read(size_t runs, uint32_t total, const MakeRun& make) {
  const auto readers = std::min<size_t>(static_cast<size_t>(pool_.options().workers), runs);
  Line line(runs, 2 * readers);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < readers; ++i) {
    threads.emplace_back([&] { work(line, make); });
  }
  const auto deliver_all = [&]() -> base::Result<void> {
    while (auto page = TRY(line.next())) deliver(page->number, std::move(page->answer), total);
    return {};
  };
  auto outcome = deliver_all();
  line.stop();
  for (std::thread& thread : threads) thread.join();
  return outcome;
}

}  // namespace ocr::detail
