#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/clock.h"
#include "base/file.h"

namespace base {
namespace {

std::atomic<LogLevel> least_level = LogLevel::info;
std::atomic<LogFormat> log_format = LogFormat::json;

const char* name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

// Field names follow the Elastic Common Schema where it has one.
std::string json_line(LogLevel level, std::string_view message, LogFields fields) {
  Json line = Json::object({{"@timestamp", to_rfc3339_with_milliseconds(now_milliseconds())},
                            {"log.level", name_of(level)},
                            {"message", message}});
  for (const auto& [key, value] : fields) line.set(key, value);
  return line.print() + "\n";
}

std::string text_line(LogLevel level, std::string_view message, LogFields fields) {
  std::string line = to_rfc3339(now_milliseconds()) + " " + name_of(level) + " ";
  line += message;
  for (const auto& [key, value] : fields) line += " " + key + "=" + value.print();
  return line + "\n";
}

}  // namespace

void set_log(LogLevel least, LogFormat format) {
  least_level = least;
  log_format = format;
}

void log(LogLevel level, std::string_view message, LogFields fields) {
  if (level < least_level.load()) return;
  (void)write_all(STDERR_FILENO, log_format.load() == LogFormat::json
                                     ? json_line(level, message, fields)
                                     : text_line(level, message, fields));
}

}  // namespace base
