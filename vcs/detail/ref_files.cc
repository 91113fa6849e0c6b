#include "vcs/detail/ref_files.h"

#include <filesystem>
#include <utility>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr size_t kMaxRefFile = 4096;
constexpr size_t kIdDigits = ObjectId::kSize * 2;
constexpr std::string_view kSymbolic = "ref: ";

// "<id> <name>" of packed-refs and of the journal.
std::optional<std::pair<ObjectId, std::string_view>> parse_line(std::string_view line) {
  if (line.size() < kIdDigits + 2 || line[kIdDigits] != ' ') return std::nullopt;
  auto id = ObjectId::from_hex(line.substr(0, kIdDigits));
  if (!id.ok()) return std::nullopt;
  return std::pair(*id, line.substr(kIdDigits + 1));
}

Result<void> load_packed(const Path& path, RefMap& refs) {
  const auto text = base::read_file(path);
  if (!text.ok() && text.error().code == Code::not_found) return {};
  if (!text.ok()) return text.error();
  StoredRef* last = nullptr;
  for (const std::string_view line : base::split(*text, '\n')) {
    if (line.starts_with('^') && last != nullptr) {
      last->peeled = TRY(ObjectId::from_hex(line.substr(1)));
    } else if (const auto parsed = parse_line(line)) {
      last = &refs[std::string(parsed->second)];
      *last = StoredRef{.target = parsed->first, .packed = true};
    }
  }
  return {};
}

// A file under refs/; nothing for symbolic refs and for what is no ref.
std::optional<ObjectId> read_loose(const Path& path) {
  const auto text = base::read_file(path, kMaxRefFile);
  if (!text.ok()) return std::nullopt;
  auto id = ObjectId::from_hex(base::trim(*text));
  if (!id.ok()) return std::nullopt;
  return *id;
}

void load_loose_file(const Path& repository, const Path& path, LoadedRefs& loaded) {
  if (path.extension() == ".lock") {
    loaded.lock_files.push_back(path);
    return;
  }
  const std::string name = path.lexically_relative(repository).generic_string();
  if (!is_valid_ref_name(name)) return;
  if (const auto id = read_loose(path)) {
    StoredRef& ref = loaded.refs[name];
    ref = StoredRef{.target = *id, .loose = true, .packed = ref.packed};
  }
}

Result<void> load_loose(const Path& repository, LoadedRefs& loaded) {
  const Path root = repository / "refs";
  std::error_code error;
  loaded.directories.push_back(root);
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory(error)) {
      loaded.directories.push_back(it->path());
    } else {
      load_loose_file(repository, it->path(), loaded);
    }
  }
  if (error) return Error{Code::io, "list " + root.string() + ": " + error.message()};
  return {};
}

}  // namespace

Result<LoadedRefs> load_refs(const Path& repository) {
  LoadedRefs loaded;
  TRY(load_packed(repository / "packed-refs", loaded.refs));
  TRY(load_loose(repository, loaded));
  for (const char* name : {"HEAD.lock", "packed-refs.lock"}) {
    if (fs::exists(repository / name)) loaded.lock_files.push_back(repository / name);
  }
  const std::string head = TRY(base::read_file(repository / "HEAD", kMaxRefFile));
  if (head.starts_with(kSymbolic)) {
    loaded.head = base::trim(std::string_view(head).substr(kSymbolic.size()));
  }
  return loaded;
}

std::string print_packed_refs(const RefMap& refs) {
  std::string out = "# pack-refs with: peeled fully-peeled sorted \n";
  for (const auto& [name, ref] : refs) {
    if (!ref.packed) continue;
    out += ref.target.hex() + ' ' + name + '\n';
    if (ref.peeled) out += '^' + ref.peeled->hex() + '\n';
  }
  return out;
}

Path ref_journal_path(const Path& repository) {
  return repository / "glossator-refs-journal";
}

std::string print_ref_journal(std::span<const RefUpdate> updates) {
  std::string out;
  for (const RefUpdate& update : updates) {
    out += update.target.value_or(kNoObject).hex() + ' ' + update.name + '\n';
  }
  return out + base::sha1_of(out).hex() + '\n';
}

Result<std::vector<RefUpdate>> parse_ref_journal(std::string_view text) {
  const Error damaged{Code::internal, "the journal of a ref update is damaged"};
  if (text.size() < kIdDigits + 1) return damaged;
  const std::string_view lines = text.substr(0, text.size() - kIdDigits - 1);
  if (base::trim(text.substr(lines.size())) != base::sha1_of(lines).hex()) return damaged;
  std::vector<RefUpdate> updates;
  for (const std::string_view line : base::split(lines, '\n')) {
    if (line.empty()) continue;
    const auto parsed = parse_line(line);
    if (!parsed) return damaged;
    updates.push_back({.name = std::string(parsed->second)});
    if (parsed->first != kNoObject) updates.back().target = parsed->first;
  }
  return updates;
}

}  // namespace vcs
