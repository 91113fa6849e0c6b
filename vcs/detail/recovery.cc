// What a crash leaves in a repository, and how it goes away: vcs/maintenance.h's recover().
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "vcs/detail/pack_lookup.h"
#include "vcs/detail/pack_reader.h"
#include "vcs/detail/pack_sink.h"
#include "vcs/detail/quarantine.h"
#include "vcs/maintenance.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

Result<std::vector<Path>> files_below(const Path& directory, bool recursive) {
  std::vector<Path> out;
  std::error_code failed;
  if (!fs::is_directory(directory, failed)) return out;
  if (recursive) {
    for (auto it = fs::recursive_directory_iterator(directory, failed);
         !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
      if (it->is_regular_file(failed)) out.push_back(it->path());
    }
  } else {
    for (auto it = fs::directory_iterator(directory, failed);
         !failed && it != fs::directory_iterator(); it.increment(failed)) {
      if (it->is_regular_file(failed)) out.push_back(it->path());
    }
  }
  if (failed) return Error{Code::io, "list " + directory.string() + ": " + failed.message()};
  std::sort(out.begin(), out.end());
  return out;
}

class Recovery {
 public:
  explicit Recovery(const Path& repository)
      : repository_(repository), packs_(repository / "objects" / "pack") {}

  Result<RecoveryReport> run() {
    TRY(remove_quarantines());
    TRY(remove_temporary_packs());
    TRY(remove_locks());
    TRY(look_at_packs());
    return report_;
  }

 private:
  // An index under a temporary name belongs to a pack that nobody was told of. If that pack has its
  // final name already, it goes too: without an index it would be dead weight.
  Result<void> remove_pack_of(const Path& index) {
    const auto lookup = PackLookup::open(index);
    if (!lookup.ok()) return {};
    const std::string stem = (packs_ / ("pack-" + lookup->pack_checksum().hex())).string();
    if (fs::exists(stem + ".idx") || !fs::exists(stem + ".pack")) return {};
    return remove(stem + ".pack");
  }

  Result<void> remove(const Path& file) {
    ++report_.removed;
    return base::remove_file(file);
  }

  Result<void> remove_quarantines() {
    const Path directory = quarantine_directory(repository_);
    for (const Path& file : TRY(files_below(directory, true))) {
      if (file.extension() == ".idx") TRY(remove_pack_of(file));
      ++report_.removed;
    }
    return base::remove_tree(directory);
  }

  Result<void> remove_temporary_packs() {
    for (const Path& file : TRY(files_below(packs_, false))) {
      if (!file.filename().string().starts_with(kTemporaryPackPrefix)) continue;
      if (file.extension() == ".idx") TRY(remove_pack_of(file));
      TRY(remove(file));
    }
    return {};
  }

  Result<void> remove_locks() {
    std::vector<Path> files = TRY(files_below(repository_, false));
    for (Path& file : TRY(files_below(repository_ / "refs", true)))
      files.push_back(std::move(file));
    for (const Path& file : files) {
      if (file.extension() == ".lock") TRY(remove(file));
    }
    return {};
  }

  Result<void> look_at_packs() {
    const auto cache = std::make_shared<DeltaCache>(size_t{1} << 20);
    for (const Path& file : TRY(files_below(packs_, false))) {
      const Path stem = file.parent_path() / file.stem();
      if (file.extension() == ".idx") {
        const auto pack = PackReader::open(stem, cache);
        if (!pack.ok()) report_.damaged.push_back(stem.string() + ".pack: " + pack.error().what);
      }
      if (file.extension() == ".pack" && !fs::exists(stem.string() + ".idx")) {
        report_.damaged.push_back(file.string() + ": its index is missing");
      }
    }
    return {};
  }

  const Path repository_;
  const Path packs_;
  RecoveryReport report_;
};

Error damaged(const Path& pack, std::string_view what) {
  return Error{Code::internal, pack.string() + ": " + std::string(what)};
}

}  // namespace

Result<RecoveryReport> recover(const Path& repository) {
  return Recovery(repository).run();
}

Result<void> verify_pack(const Path& pack) {
  const auto file = TRY(base::MappedFile::open(pack));
  const std::string_view bytes = base::as_text(file.bytes());
  if (bytes.size() < ObjectId::kSize) return damaged(pack, "it is too short");
  const size_t end = bytes.size() - ObjectId::kSize;
  if (base::as_text(base::sha1_of(bytes.substr(0, end)).bytes) != bytes.substr(end)) {
    return damaged(pack, "its bytes are not those of its checksum");
  }
  const Path stem = pack.parent_path() / pack.stem();
  const auto reader = PackReader::open(stem, std::make_shared<DeltaCache>(size_t{32} << 20));
  if (!reader.ok()) return damaged(pack, reader.error().what);
  const PackLookup& lookup = (*reader)->lookup();
  for (uint32_t i = 0; i < lookup.count(); ++i) {
    const auto object = (*reader)->read(lookup.offset_at(i), kObjectLimit);
    if (!object.ok()) return damaged(pack, object.error().what);
    if (object_id_of((*object)->kind, (*object)->content) != lookup.id_at(i)) {
      return damaged(pack, "object " + lookup.id_at(i).hex() + " has another content");
    }
  }
  return {};
}

}  // namespace vcs
