// The log: one line an event on standard error, as JSON (default) or text.
// Only server/ logs; modules below return errors. Never pass document text, annotation values,
// tokens or passwords. Safe from any thread; a line is written whole.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace base {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { json, text };

void set_log(LogLevel least, LogFormat format);

using LogFields = std::initializer_list<std::pair<std::string, Json>>;
void log(LogLevel level, std::string_view message, LogFields fields = {});
inline void log_info(std::string_view message, LogFields fields = {}) {
  log(LogLevel::info, message, fields);
}
inline void log_warning(std::string_view message, LogFields fields = {}) {
  log(LogLevel::warning, message, fields);
}
inline void log_error(std::string_view message, LogFields fields = {}) {
  log(LogLevel::error, message, fields);
}

}  // namespace base
