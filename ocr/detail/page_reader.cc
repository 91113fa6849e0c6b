#include "ocr/detail/page_reader.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/text.h"
#include "ocr/detail/worker.h"

namespace ocr::detail {
namespace {

base::Result<base::UniqueFd> in_memory(std::string_view bytes) {
  base::UniqueFd fd(memfd_create("page", MFD_CLOEXEC));
  if (!fd) return base::system_error("memfd_create", "");
  TRY(base::write_all(fd.get(), bytes));
  return fd;
}

base::Sha256 drawing_of(const PageJob& job) {
  base::Hasher<base::Sha256> hasher;
  hasher.update(to_json(job.request).print());
  hasher.update(job.pnm);
  return hasher.finish();
}

PageReply failed(Failure failure) {
  PageReply reply;
  reply.failure = std::move(failure);
  return reply;
}

// Only a file that is one whole image can be its own canonical image.
bool may_be_source(const PageJob& job) {
  return job.pnm.empty() && (job.request.format == "png" || job.request.format == "jpeg");
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
  hasher.update(to_json(request).print());
  hasher.update(digest);
  return hasher.finish();
}

base::Result<Frame> PageReader::converse(Worker& worker, const PageRequest& request, int fd,
                                         Answer& answer) {
  TRY(worker.ask(to_json(request), fd));
  Frame frame = TRY(worker.next(events_.cancelled));
  const std::string* digest = frame.json.find_string("digest");
  if (!request.asks_first || digest == nullptr) return frame;
  answer.key = key_of(request, *digest);
  auto earlier = events_.recall(*answer.key);
  TRY(worker.tell(base::Json::object({{"go_on", !earlier.has_value()}})));
  if (!earlier) return worker.next(events_.cancelled);
  answer.recalled = true;
  answer.reply.image = std::move(earlier->image);
  answer.reply.words = std::move(earlier->words);
  answer.reply.from_layer = earlier->text == corpus::TextOrigin::text_layer;
  answer.reply.marks = std::move(earlier->marks);
  answer.reply.quality = earlier->quality;
  return Frame();
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
  const bool sound = reply.ok() && (!reply->image.is_source || may_be_source(job));
  answer.reply = sound ? std::move(*reply) : failed(failure_of(Ending::broke_rules));
  return answer;
}

base::Result<PageReader::Answer> PageReader::answer(const PageJob& job) {
  if (job.failure) return Answer{failed(*job.failure), 0};
  if (job.pnm.empty()) return ask(job, input_);
  const base::UniqueFd page = TRY(in_memory(job.pnm));
  return ask(job, page.get());
}

void PageReader::deliver(const PageJob& job, Answer answer, uint32_t total) {
  PageReading page;
  page.number = job.number;
  page.failure = std::move(answer.reply.failure);
  page.image = std::move(answer.reply.image);
  page.stored = answer.reply.stored;
  page.words = std::move(answer.reply.words);
  page.text = answer.reply.from_layer ? corpus::TextOrigin::text_layer : corpus::TextOrigin::ocr;
  page.marks = std::move(answer.reply.marks);
  page.quality = answer.reply.quality;
  page.key = answer.key;
  page.recalled = answer.recalled;
  page.cpu_seconds = answer.cpu_seconds;
  for (corpus::Word& word : page.words) word.id = reading_.next_word++;
  ++reading_.pages;
  reading_.failed_pages += page.failure ? 1 : 0;
  reading_.cpu_seconds += page.cpu_seconds;
  events_.on_page(std::move(page));
  if (events_.progress) events_.progress(reading_.pages, total);
}

base::Result<void> PageReader::read(std::vector<PageJob> jobs, uint32_t total) {
  // Drawn pages that repeat the one before are answered from it; the rest is read side by side.
  std::vector<std::optional<base::Sha256>> drawings(jobs.size());
  std::vector<std::optional<base::Result<Answer>>> answers(jobs.size());
  std::vector<size_t> work;
  std::optional<base::Sha256> before = last_drawing_;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (!jobs[i].pnm.empty()) drawings[i] = drawing_of(jobs[i]);
    if (!drawings[i] || drawings[i] != before) work.push_back(i);
    before = drawings[i];
  }
  const size_t side_by_side =
      std::min<size_t>(static_cast<size_t>(pool_.options().workers), work.size());
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t at = next++; at < work.size(); at = next++) {
      answers[work[at]] = answer(jobs[work[at]]);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < side_by_side; ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < jobs.size(); ++i) {
    Answer answer = last_answer_;
    answer.cpu_seconds = 0;
    if (answers[i]) answer = TRY(std::move(*answers[i]));
    last_drawing_ = drawings[i];
    if (last_drawing_) last_answer_ = answer;
    deliver(jobs[i], std::move(answer), total);
  }
  return {};
}

}  // namespace ocr::detail
