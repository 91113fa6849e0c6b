// Packs as a stranger may build them: real entries, compressed and with a right trailer, so that
// what comes after the checksum is reached as well. Whatever is taken must read back as itself.
//
// Input: entries, each of an operation byte, two bytes of length, and so much content. Of the
// operation: % 6 says what the entry is (four kinds of objects, deltas by distance and by id), / 6
// which earlier entry is the base; 240 and above write the content as it is, without a header.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "vcs/compression.h"
#include "vcs/detail/pack_entry.h"
#include "vcs/detail/pack_intake.h"
#include "vcs/maintenance.h"

namespace {

using vcs::ObjectKind;

constexpr ObjectKind kKinds[] = {ObjectKind::commit, ObjectKind::tree, ObjectKind::blob,
                                 ObjectKind::tag};

void require(bool holds) {
  if (!holds) std::abort();
}

class PackBuilder {
 public:
  explicit PackBuilder(std::string_view script) {
    while (script.size() >= 3 && places_.size() < 64) {
      const auto operation = static_cast<uint8_t>(script[0]);
      const size_t length = static_cast<uint8_t>(script[1]) | static_cast<uint8_t>(script[2]) << 8;
      const std::string_view content = script.substr(3, length);
      add(operation, content);
      script.remove_prefix(3 + content.size());
    }
  }

  std::string pack() const {
    std::string out = "PACK";
    for (const uint32_t number : {uint32_t{2}, static_cast<uint32_t>(places_.size())}) {
      for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
    }
    out += entries_;
    return out + std::string(base::as_text(base::sha1_of(out).bytes));
  }

 private:
  struct Place {
    size_t offset;
    vcs::ObjectId id;
  };

  void add(uint8_t operation, std::string_view content) {
    const size_t offset = entries_.size();
    if (operation >= 240) {
      entries_ += content;
      places_.push_back({offset, vcs::kNoObject});
      return;
    }
    const size_t what = operation % 6;
    const ObjectKind kind = what < 4 ? kKinds[what] : ObjectKind::blob;
    if (what < 4) {
      entries_ += vcs::encode_entry(kind, content);
    } else {
      add_delta(what == 4, base_of(operation / 6), content);
    }
    places_.push_back({offset, vcs::object_id_of(kind, content)});
  }

  void add_delta(bool by_distance, const Place& base, std::string_view delta) {
    const size_t distance = entries_.size() - base.offset;
    vcs::append_entry_header(entries_, by_distance ? vcs::kPackedOffsetDelta : vcs::kPackedIdDelta,
                             delta.size());
    if (by_distance) {
      append_distance(distance);
    } else {
      entries_ += base::as_text(base.id.bytes);
    }
    entries_ += vcs::deflate(delta);
  }

  void append_distance(size_t distance) {
    std::string digits(1, static_cast<char>(distance & 127));
    while (distance >>= 7) digits += static_cast<char>(128 | (--distance & 127));
    entries_.append(digits.rbegin(), digits.rend());
  }

  Place base_of(size_t number) const {
    return places_.empty() ? Place{0, vcs::kNoObject} : places_[number % places_.size()];
  }

  std::string entries_;
  std::vector<Place> places_;
};

vcs::ReceiveLimits small_limits() {
  vcs::ReceiveLimits limits;
  limits.max_objects = 100;
  limits.max_pack_bytes = 1 << 20;
  limits.max_inflated_bytes = 1 << 22;
  limits.objects.max_blob_bytes = 1 << 20;
  return limits;
}

base::TempDir make_directory() {
  auto made = base::TempDir::create();
  require(made.ok());
  return std::move(*made);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const vcs::ReceiveLimits limits = small_limits();
  static const base::TempDir directory = make_directory();
  const std::string pack = PackBuilder({reinterpret_cast<const char*>(data), size}).pack();
  std::string_view rest = pack;
  const vcs::Source source = [&rest](char* buffer, size_t room) -> base::Result<size_t> {
    const size_t count = std::min(room, rest.size());
    std::copy_n(rest.data(), count, buffer);
    rest.remove_prefix(count);
    return count;
  };
  const auto taken = vcs::take_pack(source, directory.path(), limits);
  if (taken.ok() && !taken->name.empty()) {
    const base::Path stem = directory.path() / taken->name;
    require(vcs::verify_pack(stem.string() + ".pack").ok());
    require(base::remove_file(stem.string() + ".pack").ok());
    require(base::remove_file(stem.string() + ".idx").ok());
  }
  return 0;
}
