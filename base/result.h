// Result<T>: a value, or the reason why there is none. The project's only error channel between
// modules; exceptions of foreign libraries are caught and translated where they happen.
//
//   Result<Commit> publish(Repository& repo, const Draft& draft) {
//     const TreeId tree = TRY(repo.write_tree(draft));
//     return repo.commit(tree, draft.message);
//   }
//
// Shaped like std::expected, which neither of our two compilers can use yet
// (docs/decisions/0002-own-result.md). Not thread-aware: a Result belongs to one thread at a time.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace base {

// What a caller can do about an error. Everything finer is said in words.
enum class Code {
  not_found,  // it is not there, or the caller may not know that it is
  conflict,   // the state has moved on; look again and retry
  invalid,    // the input is wrong; retrying does not help
  denied,     // the caller lacks the right
  limit,      // a size, count, time or quota limit was reached
  no_space,   // the disk is full; nothing is lost, retry once there is room
  busy,       // try again later
  io,         // disk or network failed
  internal,   // a bug or a corrupt store
};

// The stable lower-case name, e.g. "not_found".
const char* name_of(Code code);

// A place in a text, counted from 1; columns count Unicode code points. line 0: no place known.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
  bool operator==(const Position&) const = default;
};

struct Error {
  Code code = Code::internal;
  std::string what;  // a sentence for people, without secrets or document text
  Position at = {};  // where in the parsed text, if a text was being parsed

  // "reading schema.json: unexpected end": says what was attempted on the way up.
  Error within(std::string_view attempt) const;
};

// "12:31: unexpected end" or, without a place, only the words.
std::string to_string(const Error& error);

template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
  const Error& error() const& { return assert(!ok()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!ok()), std::move(*std::get_if<1>(&state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T fallback) const& { return ok() ? value() : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using Value = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit

  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  void value() const { assert(ok()); }
  const Error& error() const& { return assert(!ok()), error_; }
  Error&& error() && { return assert(!ok()), std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

// For what cannot fail unless the program is wrong: stops the process with the error's words.
[[noreturn]] void stop_on_bug(const Error& error);

}  // namespace base

// The value, or return the error from the enclosing function. Never inside braces: what stands
// before it in the list would never be destroyed (g++ 12).
#define TRY(...)                                                        \
  (__extension__({                                                      \
    auto glossator_try_ = (__VA_ARGS__);                                \
    if (!glossator_try_.ok()) return std::move(glossator_try_).error(); \
    std::move(glossator_try_).value();                                  \
  }))

// The value, or stop: for results that only a bug can spoil.
#define MUST(...)                                                            \
  (__extension__({                                                           \
    auto glossator_must_ = (__VA_ARGS__);                                    \
    if (!glossator_must_.ok()) ::base::stop_on_bug(glossator_must_.error()); \
    std::move(glossator_must_).value();                                      \
  }))
