#include "server/flow/scrub.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "corpus/config.h"
#include "dataset/snapshot.h"
#include "server/flow/catalog.h"
#include "server/flow/document_files.h"
#include "storage/blob_table.h"
#include "storage/database.h"
#include "storage/release_table.h"
#include "storage/user_store.h"
#include "vcs/maintenance.h"
#include "vcs/repository.h"
#include "vcs/snapshot.h"

namespace server {

using base::Code;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours kIndexPatience{1};
constexpr size_t kRowsAtOnce = 1000;
constexpr size_t kMostTouched = 20;
constexpr size_t kChunk = size_t{1} << 20;

// Keeps to so many bytes a second, on average.
class Pace {
 public:
  explicit Pace(uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  void count(uint64_t bytes) {
    bytes_ += bytes;
    if (rate_ == 0) return;
    const auto due = begin_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                  std::chrono::duration<double>(static_cast<double>(bytes_) /
                                                                static_cast<double>(rate_)));
    std::this_thread::sleep_until(due);
  }

 private:
  const uint64_t rate_;
  uint64_t bytes_ = 0;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// Which documents and releases of an organisation name these objects.
class Touched {
 public:
  Touched(const Path& data, storage::Database& database, storage::BlobStore& blobs)
      : data_(data), database_(database), blobs_(blobs) {}

  void look_for(const base::Md5& md5, size_t finding) { wanted_.emplace(md5, finding); }
  bool empty() const { return wanted_.empty(); }

  // What cannot be read is passed over: it is damage itself, and told as such.
  Result<void> find(storage::OrganisationId organisation, std::vector<ScrubFinding>& findings) {
    findings_ = &findings;
    for (const storage::Project& project : TRY(database_.read(
             [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); }))) {
      if (project.organisation != organisation) continue;
      (void)in_main(project);
      TRY(in_releases(project));
    }
    return {};
  }

 private:
  void note(const base::Md5& md5, const std::string& place) {
    const auto [begin, end] = wanted_.equal_range(md5);
    for (auto it = begin; it != end; ++it) {
      auto& touches = (*findings_)[it->second].touches;
      if (touches.size() < kMostTouched) touches.push_back(place);
    }
  }

  Result<void> in_main(const storage::Project& project) {
    const auto repository = TRY(
        vcs::Repository::open(data_ / "repos" / (project.path() + ".git"), vcs::Access::read_only));
    const auto tip = repository->refs().find(kMain);
    if (!tip) return {};
    const auto main = TRY(vcs::Snapshot::at_commit(*repository, *tip));
    const auto fan_out = TRY(corpus::parse_config(TRY(main.read(corpus::kConfigPath)))).fan_out;
    return for_each_document(main, [&](const corpus::DocumentId& id) -> Result<void> {
      const auto document = DocumentFiles(main, fan_out, id).document();
      if (!document.ok()) return {};
      const std::string place = project.path() + "/documents/" + id.hex;
      note(document->source.md5, place);
      for (const corpus::Page& page : document->pages) note(page.image.md5, place);
      return {};
    });
  }

  Result<void> in_releases(const storage::Project& project) {
    for (const storage::ReleaseRow& release : TRY(database_.read([&](storage::Transaction& tx) {
           return storage::ReleaseTable(tx).list(project.id);
         }))) {
      const std::string place =
          project.path() + "/releases/" + release.name + "/" + release.version;
      note(release.manifest_md5, place + ": manifest.jsonl");
      (void)in_release(project, release, place);
    }
    return {};
  }

  Result<void> in_release(const storage::Project& project, const storage::ReleaseRow& release,
                          const std::string& place) {
    const std::shared_ptr<storage::BlobReader> stored =
        TRY(blobs_.open(project.organisation_slug, {release.manifest_md5, false}));
    auto manifest = TRY(dataset::ManifestReader::open(
        [stored, offset = uint64_t{0}]() mutable -> Result<std::string> {
          std::string chunk(kChunk, '\0');
          chunk.resize(TRY(stored->read_at(offset, chunk)));
          offset += chunk.size();
          return chunk;
        }));
    while (const auto record = TRY(manifest.next())) {
      for (const dataset::SnapshotEntry& entry : dataset::entries_of(*record)) {
        if (wanted_.contains(entry.md5)) {
          note(entry.md5, place + ": documents/" + record->id.hex.substr(0, 1) + "/" +
                              record->id.hex + "/" + entry.path);
        }
      }
    }
    return {};
  }

  const Path& data_;
  storage::Database& database_;
  storage::BlobStore& blobs_;
  std::multimap<base::Md5, size_t> wanted_;
  std::vector<ScrubFinding>* findings_ = nullptr;
};

class Scrubbing {
 public:
  explicit Scrubbing(const ScrubOptions& options)
      : options_(options), pace_(options.bytes_per_second) {}

  Result<ScrubReport> run() {
    std::error_code error;
    if (!fs::exists(options_.data / "glossator.db", error)) {
      return base::Error{Code::not_found, options_.data.string() + " is no data directory"};
    }
    database_ = TRY(storage::open_sqlite(options_.data / "glossator.db"));
    blobs_ = TRY(storage::open_local_blob_store(options_.data / "orgs"));
    if (!options_.copy.empty()) copy_ = TRY(storage::open_local_blob_store(options_.copy / "orgs"));
    if (const auto checked = database_->check(); !checked.ok()) {
      add("database.damaged", "glossator.db", checked.error().what);
    }
    for (const storage::Organisation& organisation : TRY(database_->read(
             [](storage::Transaction& tx) { return storage::UserStore(tx).organisations(); }))) {
      TRY(scrub_blobs(organisation));
    }
    TRY(scrub_packs());
    return std::move(report_);
  }

 private:
  void add(std::string name, std::string place, std::string what, bool is_mended = false) {
    report_.findings.push_back({std::move(name), std::move(place), std::move(what), is_mended});
  }

  Result<void> scrub_blobs(const storage::Organisation& organisation) {
    Touched touched(options_.data, *database_, *blobs_);
    std::optional<storage::BlobName> last;
    while (true) {
      const auto records = TRY(database_->read([&](storage::Transaction& tx) {
        return storage::BlobTable(tx).known_after(organisation.id, last, kRowsAtOnce);
      }));
      if (records.empty()) break;
      for (const storage::BlobRecord& record : records) {
        TRY(scrub_blob(organisation, record, touched));
      }
      last = records.back().name;
      if (options_.progress) options_.progress(report_.objects, report_.bytes);
    }
    return touched.empty() ? Result<void>() : touched.find(organisation.id, report_.findings);
  }

  Result<void> scrub_blob(const storage::Organisation& organisation,
                          const storage::BlobRecord& record, Touched& touched) {
    const auto hashes = blobs_->verify(organisation.slug, record.name);
    ++report_.objects;
    report_.bytes += record.size;
    pace_.count(record.size);
    if (hashes.ok() && hashes->sha256 == record.sha256) return {};
    const bool is_missing = !hashes.ok() && hashes.error().code == Code::not_found;
    if (is_missing && !TRY(is_known(organisation, record.name))) return {};  // gone meanwhile
    const std::string what = is_missing    ? "the file is not there"
                             : hashes.ok() ? "its SHA-256 is not the one that the database has"
                                           : hashes.error().what;
    const std::string text = record.name.text();
    touched.look_for(record.name.md5, report_.findings.size());
    add(is_missing ? "object.missing" : "object.damaged",
        "orgs/" + organisation.slug + "/files/md5/" + text.substr(0, 2) + "/" + text.substr(2),
        what, mend_blob(organisation, record).ok());
    return {};
  }

  Result<bool> is_known(const storage::Organisation& organisation, const storage::BlobName& name) {
    return database_->read([&](storage::Transaction& tx) -> Result<bool> {
      return TRY(storage::BlobTable(tx).find_in_organisation(organisation.id, name)).has_value();
    });
  }

  // Only what is right in both hashes takes the place of what was there.
  Result<void> mend_blob(const storage::Organisation& organisation,
                         const storage::BlobRecord& record) {
    if (!copy_) return base::Error{Code::not_found, "there is no second copy"};
    const auto source = TRY(copy_->open(organisation.slug, record.name));
    storage::ExpectedContent expected;
    expected.md5 = record.name.md5;
    expected.sha256 = record.sha256;
    expected.directory = record.name.directory;
    auto writer = TRY(blobs_->begin(organisation.slug, expected));
    std::string buffer(kChunk, '\0');
    for (uint64_t offset = 0;;) {
      const size_t got = TRY(source->read_at(offset, buffer));
      if (got == 0) break;
      TRY(writer->write(std::string_view(buffer).substr(0, got)));
      offset += got;
    }
    TRY(writer->seal());
    TRY(writer->publish());
    return {};
  }

  // One that is being written has another name, and gets its index a moment after its own; after a
  // crash between the two, when the server starts. A pack that stays without one has lost it.
  static bool is_pack(const Path& file) {
    const bool named = file.extension() == ".pack" && file.parent_path().filename() == "pack" &&
                       file.filename().string().starts_with("pack-");
    std::error_code missing;
    if (!named || fs::exists(Path(file).replace_extension(".idx"), missing)) return named;
    const auto written = fs::last_write_time(file, missing);
    return !missing && fs::file_time_type::clock::now() - written > kIndexPatience;
  }

  Result<void> scrub_packs() {
    std::error_code error;
    for (fs::recursive_directory_iterator it(options_.data / "repos", error), end;
         !error && it != end; it.increment(error)) {
      if (is_pack(it->path())) TRY(scrub_pack(it->path()));
    }
    return error ? Result<void>(base::Error{Code::io, "list repositories: " + error.message()})
                 : Result<void>();
  }

  Result<void> scrub_pack(const Path& pack) {
    const auto verified = vcs::verify_pack(pack);
    std::error_code gone;
    const uint64_t size = fs::file_size(pack, gone);
    if (gone) return {};  // joined with others meanwhile
    ++report_.packs;
    pace_.count(size);
    if (verified.ok()) return {};
    add("pack.damaged", pack.lexically_relative(options_.data).string(), verified.error().what,
        mend_pack(pack).ok());
    report_.findings.back().touches = {repository_of(pack)};
    return {};
  }

  std::string repository_of(const Path& pack) const {
    return pack.parent_path()
        .parent_path()
        .parent_path()
        .lexically_relative(options_.data / "repos")
        .string();
  }

  // The pack of the same name, with its index: a name says what is in a pack.
  Result<void> mend_pack(const Path& pack) {
    if (options_.copy.empty()) return base::Error{Code::not_found, "there is no second copy"};
    const Path source = options_.copy / pack.lexically_relative(options_.data);
    TRY(vcs::verify_pack(source));
    for (const char* ending : {".pack", ".idx"}) {
      Path from = source, to = pack;
      from.replace_extension(ending);
      to.replace_extension(ending);
      Path fresh = to;
      fresh += ".mending";
      std::error_code error;
      fs::copy_file(from, fresh, fs::copy_options::overwrite_existing, error);
      if (error) return base::Error{Code::io, "copy a pack: " + error.message()};
      const auto fd = TRY(base::open_file(fresh, O_RDONLY));
      TRY(base::sync_file(fd.get()));
      TRY(base::rename_durably(fresh, to));
    }
    return vcs::verify_pack(pack);
  }

  const ScrubOptions& options_;
  Pace pace_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  std::unique_ptr<storage::BlobStore> copy_;
  ScrubReport report_;
};

}  // namespace

bool ScrubReport::is_whole() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const ScrubFinding& finding) { return finding.is_mended; });
}

Result<ScrubReport> scrub(const ScrubOptions& options) {
  return Scrubbing(options).run();
}

}  // namespace server
