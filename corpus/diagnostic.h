// What is wrong in a file that a person or a program sent: where, and in words that help.
//
//   Diagnostics problems("documents/0/f/3/a/0f3a.../pages/0001.annotations.jsonl");
//   problems.add({12, 31}, "label \"totl\" is not in schema.json; did you mean \"total\"?");
//   to_string(problems.list().front());
//   // documents/.../pages/0001.annotations.jsonl:12:31: label "totl" is not in schema.json; ...
//
// A reader goes on after the first problem, so that one answer names them all, up to a cap.
// Messages name labels, keys and numbers, never words of the document. Plain values; a
// Diagnostics belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace corpus {

struct Diagnostic {
  std::string path;        // in the repository; may be empty
  base::Position at = {};  // line 0: the file as a whole
  std::string message;     // a sentence without full stop

  bool operator==(const Diagnostic&) const = default;
};

// "path:line:column: message"; without a place "path: message".
std::string to_string(const Diagnostic& diagnostic);

inline constexpr size_t kMaxDiagnostics = 50;

// The problems of one file, in the order in which they were found.
class Diagnostics {
 public:
  explicit Diagnostics(std::string path = {}, size_t cap = kMaxDiagnostics)
      : path_(std::move(path)), cap_(cap) {}

  // Kept up to the cap, counted beyond it.
  void add(base::Position at, std::string message);
  void add(const base::Error& error) { add(error.at, error.what); }

  // `; did you mean "total"?` or nothing. Nothing too once the list is full: looking for the
  // nearest spelling costs more than reading, and a hostile file has a million words to look up.
  std::string did_you_mean(std::string_view word, std::span<const std::string> known) const;

  bool empty() const { return list_.empty(); }
  size_t count() const { return list_.size() + left_out_; }
  size_t left_out() const { return left_out_; }
  bool full() const { return list_.size() >= cap_; }
  const std::vector<Diagnostic>& list() const { return list_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  size_t cap_;
  std::vector<Diagnostic> list_;
  size_t left_out_ = 0;
};

// The first problem as an error (Code::invalid); there must be one.
base::Error first_error(const Diagnostics& problems);

}  // namespace corpus
