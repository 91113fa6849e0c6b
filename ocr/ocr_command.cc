#include "ocr/ocr_command.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace ocr {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] =
    "usage: glossator ocr FILE... --out DIR [--profile accurate|fast] [--languages eng+deu]\n"
    "                     [--password TEXT] [--workers N] [--sandbox full|seccomp-only]\n";

base::Json words_json(const PageReading& page) {
  base::Json words = base::Json::array();
  for (const corpus::Word& word : page.words) {
    const corpus::Box box = to_stored(word.box, page.stored, page.image.width, page.image.height);
    words.push(base::Json::object({{"text", word.text},
                                   {"bbox", base::Json::array({box.x0, box.y0, box.x1, box.y1})},
                                   {"confidence", word.confidence}}));
  }
  return words;
}

base::Json page_json(const std::string& file, const PageReading& page) {
  return base::Json::object(
      {{"file", fs::path(file).filename().string()},
       {"page", page.number},
       {"width", page.stored.width},
       {"height", page.stored.height},
       {"dpi", page.stored.dpi},
       {"text", corpus::text_of(page.words)},
       {"text_origin", page.text == corpus::TextOrigin::ocr ? "ocr" : "text-layer"},
       {"words", words_json(page)},
       {"cpu_s", page.cpu_seconds}});
}

// Reads one file and writes its pages.
class FileReading {
 public:
  FileReading(const OcrCommand& command, WorkerPool& pool, const std::string& file)
      : command_(command), pool_(pool), file_(file) {}

  // Whether every page was read; what went wrong is told on stderr.
  bool run() {
    const auto fd = base::open_file(file_, O_RDONLY);
    if (!fd.ok()) return tell(fd.error().what);
    ReadEvents events;
    events.on_page = [this](PageReading page) { take(std::move(page)); };
    events.progress = [this](uint32_t, uint32_t total) { total_ = total; };
    const auto reading = read_document(pool_, fd->get(), command_.settings, events);
    if (!reading.ok()) return tell(reading.error().what);
    if (reading->refusal) return tell(reading->refusal->reason);
    flush();
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
    const PageReading page = std::move(*held_);
    held_.reset();
    if (page.failure) {
      good_ = false;
      tell("page " + std::to_string(page.number) + ": " + page.failure->reason);
      return;
    }
    char number[16] = "";
    if (total_ > 1) std::snprintf(number, sizeof(number), "-p%04u", page.number);
    const fs::path target =
        fs::path(command_.out) / (fs::path(file_).stem().string() + number + ".json");
    const auto fd = base::open_file(target, O_WRONLY | O_CREAT | O_TRUNC);
    const auto written = fd.ok() ? base::write_all(fd->get(), page_json(file_, page).print() + "\n")
                                 : base::Result<void>(fd.error());
    if (!written.ok()) good_ = tell(written.error().what);
  }

  bool tell(const std::string& what) {
    std::cerr << file_ << ": " << what << std::endl;
    return false;
  }

  const OcrCommand& command_;
  WorkerPool& pool_;
  const std::string& file_;
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
      {"--out", [](OcrCommand& c, const std::string& v) { return c.out = v, !v.empty(); }},
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
  if (command.files.empty() || command.out.empty()) return std::nullopt;
  return command;
}

}  // namespace

int run_ocr_command(const OcrCommand& command) {
  const auto made = base::make_directories(command.out);
  auto pool = WorkerPool::create(command.pool);
  if (!made.ok() || !pool.ok()) {
    std::cerr << (made.ok() ? pool.error().what : made.error().what) << std::endl;
    return 1;
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
