// The `.dvc` file: a small YAML text in git that names stored bytes by md5. Printed exactly as the
// dvc client (3.x) writes it, read back strictly in that same form (docs/formats/dvc.md).
//
//   DvcPointer pointer;
//   pointer.outs.push_back({.md5 = md5, .size = 30000006, .nfiles = 3, .path = "docs"});
//   std::string text = print_dvc_pointer(pointer);        // "outs:\n- md5: dbe5...50.dir\n  ..."
//   const DvcPointer same = TRY(parse_dvc_pointer(text));
//
// Values; pure functions, safe from any thread. Sizes are bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace dataset {

// One stored thing: a file, or a directory when `nfiles` is set (its md5 is then that of the
// `.dir` object, and is printed with that suffix).
struct DvcOut {
  base::Md5 md5 = {};
  uint64_t size = 0;                    // of a directory: the sum of its files
  std::optional<uint64_t> nfiles = {};  // of a directory
  std::string path = {};  // relative to the pointer's own directory, '/' between names

  bool is_directory() const { return nfiles.has_value(); }
  bool operator==(const DvcOut&) const = default;
};

struct DvcMeta {
  std::string key;  // [a-z0-9_]+
  std::string value;
  bool operator==(const DvcMeta&) const = default;
};

struct DvcPointer {
  std::vector<DvcOut> outs = {};
  std::vector<DvcMeta> meta = {};  // free for us: the release and its digest; printed in this order

  bool operator==(const DvcPointer&) const = default;
};

// `outs` first, then `meta` if there is any. LF at the end.
std::string print_dvc_pointer(const DvcPointer& pointer);
// Takes exactly what print_dvc_pointer writes, at most 1 MiB. Errors carry the place.
base::Result<DvcPointer> parse_dvc_pointer(std::string_view text);

}  // namespace dataset
