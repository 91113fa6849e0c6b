#include "vcs/repository_copy.h"

#include <fcntl.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "vcs/detail/ref_files.h"
#include "vcs/repository.h"

namespace vcs {

using base::Code;
using base::Error;
using base::FileCopier;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr int kMostTries = 500;
constexpr auto kRest = std::chrono::milliseconds(20);  // longer than a file system's clock tick
constexpr size_t kMostLooseRefs = 64;

bool has_rested(const Path& directory, fs::file_time_type& changed) {
  std::error_code error;
  changed = fs::last_write_time(directory, error);
  return !error && fs::file_time_type::clock::now() - changed > kRest;
}

// An update of several refs, and the packing of refs, make and remove files in the repository's own
// directory. One ref is one rename, which needs no such care.
Result<LoadedRefs> load_refs_at_rest(const Path& repository) {
  for (int i = 0; i < kMostTries; ++i) {
    fs::file_time_type before, after;
    if (has_rested(repository, before) && !fs::exists(ref_journal_path(repository))) {
      LoadedRefs refs = TRY(load_refs(repository));
      (void)has_rested(repository, after);
      if (before == after) return refs;
    }
    std::this_thread::sleep_for(kRest);
  }
  return Error{Code::busy, "the refs of " + repository.string() + " never come to rest"};
}

bool is_loose_object(const Path& relative) {
  const std::string directory = relative.parent_path().filename();
  return directory.size() == 2 && relative.filename().string().size() == 38;
}

bool is_object_file(const Path& relative) {
  if (relative.parent_path().filename() != "pack") return is_loose_object(relative);
  return relative.filename().string().starts_with("pack-") &&
         (relative.extension() == ".pack" || relative.extension() == ".idx");
}

// What git derives from packs, and leftovers, are not taken along.
Result<std::set<Path>> list_objects(const Path& source, const Path& repository) {
  std::set<Path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(source / repository / "objects", error), end;
       !error && it != end; it.increment(error)) {
    const Path relative = it->path().lexically_relative(source);
    if (is_object_file(relative)) found.insert(relative);
  }
  if (error)
    return Error{Code::io, "list objects of " + repository.string() + ": " + error.message()};
  return found;
}

// Packs may be replaced by a larger one meanwhile; that one is there before they go. So it is
// looked again until a round finds nothing new and nothing gone.
Result<void> copy_objects(FileCopier& copier, const Path& repository) {
  std::set<Path> done;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Path& file : TRY(list_objects(copier.source(), repository))) {
      if (done.contains(file)) continue;
      changed = true;
      if (TRY(copier.copy(file))) done.insert(file);
    }
  }
  return {};
}

// An index without its pack, or a pack without its index, came from a pair that was just replaced.
Result<void> drop_halves(const Path& packs) {
  if (!fs::exists(packs)) return {};
  for (const auto& entry : fs::directory_iterator(packs)) {
    Path other = entry.path();
    other.replace_extension(entry.path().extension() == ".pack" ? ".idx" : ".pack");
    if (!fs::exists(other)) TRY(base::remove_file(entry.path()));
  }
  return {};
}

Result<void> write_file(const Path& path, std::string_view content) {
  TRY(base::make_directories(path.parent_path()));
  const base::UniqueFd fd = TRY(base::open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  return base::write_all(fd.get(), content);
}

// Whoever copies flushes all at the end, so these need no sync of their own.
Result<void> write_refs(const Path& repository, const LoadedRefs& refs) {
  for (const auto& [name, ref] : refs.refs) {
    TRY(write_file(repository / name, ref.target.hex() + "\n"));
  }
  TRY(base::make_directories(repository / "refs" / "heads"));
  return write_file(repository / "HEAD", "ref: " + refs.head + "\n");
}

}  // namespace

Result<void> copy_repository(FileCopier& copier, const Path& repository, const KeepRef& keep) {
  LoadedRefs refs = TRY(load_refs_at_rest(copier.source() / repository));
  if (keep) std::erase_if(refs.refs, [&](const auto& ref) { return !keep(ref.first); });
  for (const char* file : {"config", "description", "shallow"}) {
    TRY(copier.copy_changing(repository / file));
  }
  const Path target = copier.target() / repository;
  TRY(base::make_directories(target / "objects" / "pack"));
  TRY(copy_objects(copier, repository));
  TRY(drop_halves(target / "objects" / "pack"));
  TRY(write_refs(target, refs));
  if (refs.refs.size() <= kMostLooseRefs) return {};
  return TRY(Repository::open(target))->refs().pack();
}

Result<std::set<std::string>> ref_names(const Path& repository) {
  std::set<std::string> names;
  for (const auto& [name, ref] : TRY(load_refs(repository)).refs) names.insert(name);
  return names;
}

}  // namespace vcs
