// Why a document or a page could not be read: a stable code for machines, a sentence for people.
// Codes are part of the HTTP interface and of document.json; they are never renamed.
#pragma once

#include <string>

namespace ocr {

// Documents and pages.
inline constexpr char kEmpty[] = "empty";              // no bytes
inline constexpr char kUnsupported[] = "unsupported";  // not a kind of file that is read
inline constexpr char kDamaged[] = "damaged";          // the decoder refused the bytes
inline constexpr char kEncrypted[] = "encrypted";      // needs a password, or another one
inline constexpr char kTooLarge[] = "too_large";       // bytes, entries or inflated size
inline constexpr char kTooManyPages[] = "too_many_pages";
inline constexpr char kPageTooLarge[] = "page_too_large";  // pixels
inline constexpr char kTimeout[] = "timeout";              // seconds, on the clock or of CPU
inline constexpr char kMemory[] = "out_of_memory";
inline constexpr char kCrashed[] = "decoder_crashed";  // it, and nothing else, died

struct Failure {
  std::string code;    // one of the above
  std::string reason;  // a sentence without document text

  bool operator==(const Failure&) const = default;
};

}  // namespace ocr
