#include "vcs/detail/closure_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/digest.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kMagic = "GLCR";
constexpr uint32_t kVersion = 1;
constexpr size_t kMostBytes = size_t{256} << 20;

Error useless() {
  return Error{Code::not_found, "what tips reach was not written down, or for other packs"};
}

void append_id(std::string& out, const ObjectId& id) {
  out += base::as_text(id.bytes);
}

void append_bits(std::string& out, const std::vector<uint64_t>& bits) {
  for (const uint64_t word : bits) base::append_be64(out, word);
}

void append_pack(std::string& out, const ObjectSet& objects, size_t index) {
  const PackReader& pack = *objects.view()->packs()[index];
  const PackLookup& lookup = pack.lookup();
  const bool is_whole = objects.count_in(index) == lookup.count();
  out += base::as_text(lookup.pack_checksum().bytes);
  base::append_be32(out, lookup.count());
  append_bits(out, pack.blobs());
  out += static_cast<char>(is_whole);
  if (!is_whole) append_bits(out, objects.bits_of(index));
}

// Takes one field after the other; what is not there any more reads as zeros and is noticed later.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool is_short() const { return is_short_; }
  bool is_at_end() const { return rest_.empty(); }
  std::string_view take(size_t size) {
    static constexpr char kZeros[32] = {};
    if (rest_.size() < size) {
      is_short_ = true;
      return {kZeros, size};
    }
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  uint32_t number() { return base::load_be32(base::as_bytes(take(4)).data()); }
  // For so many objects.
  std::vector<uint64_t> bits(uint32_t count) {
    std::vector<uint64_t> words(std::min<size_t>(count / 64 + 1, rest_.size() / 8 + 1));
    for (uint64_t& word : words) word = base::load_be64(base::as_bytes(take(8)).data());
    return words;
  }
  ObjectId id() {
    ObjectId id;
    const std::string_view bytes = take(ObjectId::kSize);
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    return id;
  }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

std::vector<uint64_t> all_bits(uint32_t count) {
  std::vector<uint64_t> bits(count / 64 + 1, UINT64_MAX);
  bits.back() = (uint64_t{1} << (count % 64)) - 1;
  return bits;
}

std::optional<size_t> pack_named(const ObjectView& view, const ObjectId& trailer) {
  for (size_t i = 0; i < view.packs().size(); ++i) {
    if (view.packs()[i]->lookup().pack_checksum().bytes == trailer.bytes) return i;
  }
  return std::nullopt;
}

Result<void> read_pack(Fields& fields, ObjectSet& objects) {
  const auto index = pack_named(*objects.view(), fields.id());
  const uint32_t count = fields.number();
  if (!index) return useless();
  const PackReader& pack = *objects.view()->packs()[*index];
  if (pack.lookup().count() != count) return useless();
  pack.know_blobs(fields.bits(count));
  const bool is_whole = fields.take(1).front() != 0;
  if (!objects.set_bits(*index, is_whole ? all_bits(count) : fields.bits(count))) return useless();
  return {};
}

Result<std::string> read_checked(const base::Path& file) {
  auto text = base::read_file(file, kMostBytes);
  if (!text.ok() || text->size() < base::Sha1::kSize) return useless();
  const size_t end = text->size() - base::Sha1::kSize;
  const base::Sha1 hash = base::sha1_of(std::string_view(*text).substr(0, end));
  if (std::string_view(*text).substr(end) != base::as_text(hash.bytes)) return useless();
  text->resize(end);
  return text;
}

}  // namespace

Result<void> write_closure(const base::Path& file, const StoredClosure& closure) {
  const ObjectSet& objects = closure.objects;
  std::vector<size_t> packs;
  for (size_t i = 0; i < objects.view()->packs().size(); ++i) {
    if (objects.count_in(i) != 0) packs.push_back(i);
  }
  std::string out(kMagic);
  base::append_be32(out, kVersion);
  for (const size_t count : {closure.tips.size(), packs.size(), objects.loose().size()}) {
    base::append_be32(out, static_cast<uint32_t>(count));
  }
  for (const ObjectId& id : closure.tips) append_id(out, id);
  for (const size_t index : packs) append_pack(out, objects, index);
  for (const ObjectId& id : objects.loose()) append_id(out, id);
  const base::Sha1 hash = base::sha1_of(out);
  out += base::as_text(hash.bytes);
  return base::write_file_durably(file, out);
}

Result<StoredClosure> read_closure(const base::Path& file, std::shared_ptr<const ObjectView> view) {
  const std::string text = TRY(read_checked(file));
  Fields fields(text);
  if (fields.take(kMagic.size()) != kMagic || fields.number() != kVersion) return useless();
  const uint32_t tips = fields.number(), packs = fields.number(), loose = fields.number();
  StoredClosure closure{{}, ObjectSet(std::move(view))};
  for (uint32_t i = 0; i < tips && !fields.is_short(); ++i) closure.tips.push_back(fields.id());
  for (uint32_t i = 0; i < packs && !fields.is_short(); ++i) {
    TRY(read_pack(fields, closure.objects));
  }
  for (uint32_t i = 0; i < loose && !fields.is_short(); ++i) {
    if (!closure.objects.insert(fields.id()).ok()) return useless();
  }
  if (fields.is_short() || !fields.is_at_end()) return useless();
  return closure;
}

}  // namespace vcs
