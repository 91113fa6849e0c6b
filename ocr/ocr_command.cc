#include "ocr/ocr_command.h"

#include <fcntl.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace ocr {
namespace {

constexpr char kUsage[] =
    "usage: glossator ocr FILE... --out DIR [--to json|text|hocr|alto|pdf]...\n"
    "                     [--profile accurate|fast] [--languages eng+deu] [--password TEXT]\n"
    "                     [--workers N] [--sandbox full|seccomp-only]\n"
    "  --to    what to write: json, a file for each page (as if nothing is said); text, hocr,\n"
    "          alto or pdf, a file for each document; pdf is searchable and looks as before.\n"
    "          May be given several times.\n";

// Reads one file and writes what came of it.
class FileReading {
 public:
  FileReading(const OcrCommand& command, WorkerPool& pool, const std::string& file)
      : command_(command), pool_(pool), file_(file), output_(command.output, file) {}

  // Whether every page was read and written; what went wrong is told on stderr.
  bool run() {
    const auto fd = base::open_file(file_, O_RDONLY);
    if (!fd.ok()) return tell(fd.error().what);
    if (const auto begun = output_.begin(); !begun.ok()) return tell(begun.error().what);
    ReadEvents events;
    events.on_page = [this](PageReading page) { take(std::move(page)); };
    events.progress = [this](uint32_t, uint32_t total) { total_ = total; };
    const auto reading = read_document(pool_, fd->get(), command_.settings, events);
    if (!reading.ok()) return tell(reading.error().what);
    if (reading->refusal) return tell(reading->refusal->reason);
    flush();
    const auto finished = output_.finish(pool_, fd->get(), reading->format);
    if (!finished.ok()) return tell(finished.error().what);
    return good_ && reading->failed_pages == 0;
  }

 private:
  // A page is written once the next tells that there are several.
  void take(PageReading page) {
    flush();
    held_ = std::move(page);
  }

  void flush() {
    if (!held_) return;
    PageReading page = std::move(*held_);
    held_.reset();
    if (page.failure) {
      good_ = tell("page " + std::to_string(page.number) + ": " + page.failure->reason);
    }
    const auto written = output_.add(std::move(page), total_);
    if (!written.ok()) good_ = tell(written.error().what);
  }

  bool tell(const std::string& what) {
    std::cerr << file_ << ": " << what << std::endl;
    return false;
  }

  const OcrCommand& command_;
  WorkerPool& pool_;
  const std::string& file_;
  FileOutput output_;
  std::optional<PageReading> held_;
  uint32_t total_ = 1;
  bool good_ = true;
};

struct Option {
  const char* name;
  std::function<bool(OcrCommand&, const std::string&)> apply;
};

const std::vector<Option>& options() {
  static const std::vector<Option> all = {
      {"--out",
       [](OcrCommand& c, const std::string& v) { return c.output.directory = v, !v.empty(); }},
      {"--to", [](OcrCommand& c, const std::string& v) { return c.output.add(v); }},
      {"--profile",
       [](OcrCommand& c, const std::string& v) {
         c.settings.profile = v == "fast" ? Profile::fast : Profile::accurate;
         return v == "fast" || v == "accurate";
       }},
      {"--languages",
       [](OcrCommand& c, const std::string& v) {
         c.settings.languages.clear();
         for (const std::string_view part : base::split(v, '+')) {
           c.settings.languages.emplace_back(part);
         }
         return !v.empty();
       }},
      {"--password",
       [](OcrCommand& c, const std::string& v) { return c.settings.password = v, true; }},
      {"--workers",
       [](OcrCommand& c, const std::string& v) {
         c.pool.workers = static_cast<int>(base::parse_integer(v).value_or(0));
         return c.pool.workers >= 1 && c.pool.workers <= 256;
       }},
      {"--sandbox",
       [](OcrCommand& c, const std::string& v) {
         c.pool.mode = v == "full" ? SandboxMode::full : SandboxMode::seccomp_only;
         return v == "full" || v == "seccomp-only";
       }},
  };
  return all;
}

std::optional<OcrCommand> parse(const std::vector<std::string>& arguments) {
  OcrCommand command;
  command.pool.workers = 1;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("--")) {
      command.files.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const bool inside = equals != std::string::npos;
    if (!inside && i + 1 >= arguments.size()) return std::nullopt;
    const std::string value = inside ? argument.substr(equals + 1) : arguments[++i];
    const auto option = std::find_if(options().begin(), options().end(),
                                     [&](const Option& o) { return name == o.name; });
    if (option == options().end() || !option->apply(command, value)) return std::nullopt;
  }
  if (command.files.empty() || command.output.directory.empty()) return std::nullopt;
  if (command.output.empty()) command.output.json = true;
  command.settings.words_only = !command.output.pdf;
  return command;
}

}  // namespace

int run_ocr_command(const OcrCommand& command) {
  const auto made = base::make_directories(command.output.directory);
  auto pool = WorkerPool::create(command.pool);
  if (!made.ok() || !pool.ok()) {
    std::cerr << (made.ok() ? pool.error().what : made.error().what) << std::endl;
    return 1;
  }
  if (command.pool.line_detector.empty()) {
    std::cerr << "no line detector is installed: receipts, forms and photographs are read less well"
              << std::endl;
  }
  bool good = true;
  for (const std::string& file : command.files) good &= FileReading(command, **pool, file).run();
  return good ? 0 : 1;
}

int run_ocr_command(const std::vector<std::string>& arguments) {
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    std::cout << kUsage;
    return 0;
  }
  const auto command = parse(arguments);
  if (!command) {
    std::cerr << kUsage;
    return 2;
  }
  return run_ocr_command(*command);
}

}  // namespace ocr
