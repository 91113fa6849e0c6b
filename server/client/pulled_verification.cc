#include "server/client/pulled_verification.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <map>
#include <unordered_set>

#include "server/client/pull_plan.h"

namespace server::client {

namespace {

using base::Code;
using base::Error;
using Sink = std::function<void(std::string_view)>;

constexpr size_t kChunk = size_t{1} << 20;
constexpr std::string_view kManifest = "manifest.jsonl";

Result<void> stream_file(const base::Path& path, const Sink& sink) {
  const auto file = TRY(base::open_file(path, O_RDONLY));
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got == 0) return {};
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::system_error("read", path.string());
    sink(std::string_view(chunk).substr(0, static_cast<size_t>(got)));
  }
}

// The files of the selection by what they should hold. Two documents may have the same bytes; they
// are asked for as often as there are files, which gives each its turn.
class PulledFiles {
 public:
  explicit PulledFiles(base::Path root) : root_(std::move(root)) {}

  Result<void> list(const PullSelection& selection) {
    const auto plan = TRY(PullPlan::open(root_ / kManifest, selection));
    while (const auto batch = TRY(plan->next())) {
      for (const WantedFile& file : batch->files) {
        files_[file.md5].push_back(file.path);
        paths_.insert(file.path);
      }
    }
    return {};
  }

  bool has(const base::Md5& md5) const { return files_.contains(md5); }
  bool has(const std::string& path) const { return paths_.contains(path); }

  Result<void> stream(const base::Md5& md5, const Sink& sink) {
    const auto found = files_.find(md5);
    if (found == files_.end()) return Error{Code::not_found, "the release has no such file"};
    std::deque<std::string>& paths = found->second;
    const std::string path = paths.front();
    paths.pop_front();
    paths.push_back(path);
    return stream_file(root_ / path, sink);
  }

 private:
  const base::Path root_;
  std::map<base::Md5, std::deque<std::string>> files_;
  std::unordered_set<std::string> paths_;
};

// Loaders take what lies below documents/: nothing may be there that the release does not have.
Result<void> find_unknown(const base::Path& root, const PulledFiles& files, size_t most,
                          std::vector<dataset::Finding>& findings) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(root / "documents", error), end;
  for (; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory()) continue;
    const std::string path = entry->path().lexically_relative(root).string();
    const bool is_dvcs = path.ends_with(".dvc") || path.ends_with(".gitignore");
    if (is_dvcs || files.has(path)) continue;
    if (findings.size() >= most) break;
    findings.push_back({"file.unknown", path, "the release has no such file"});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Error{Code::internal, "cannot list " + root.string() + ": " + error.message()};
  }
  return {};
}

base::Path cache_of(const base::Path& root) {
  return root / ".dvc/cache";
}

// Only a clone to which dvc has pulled everything has the lists that its pointers name.
bool is_dvc_clone(const base::Path& root) {
  std::error_code error;
  return std::filesystem::exists(root / "labels.dvc", error) &&
         std::filesystem::is_directory(cache_of(root), error);
}

}  // namespace

Result<dataset::Verification> verify_pulled(const PulledSelection& selection) {
  const base::Path& root = selection.directory;
  dataset::VerifyExpectation expectation;
  if (!selection.digest.empty()) expectation.digest = TRY(base::Sha256::from_hex(selection.digest));
  PulledFiles files(root);
  const auto listed = files.list({.parts = selection.parts, .kinds = selection.kinds});
  if (!listed.ok()) return listed.error().within("reading the manifest");
  const bool is_whole = selection.parts.empty() && selection.kinds.empty();
  if (!is_whole) {
    expectation.is_left_out = [&](const base::Md5& md5) { return !files.has(md5); };
  }

  dataset::VerifyReaders readers;
  readers.open_manifest = [&]() -> Result<dataset::ManifestReader::Chunks> {
    return manifest_chunks(root / kManifest);
  };
  readers.object = [&](const base::Md5& md5, dataset::DvcObjectKind kind,
                       const Sink& sink) -> Result<void> {
    if (kind == dataset::DvcObjectKind::file && files.has(md5)) return files.stream(md5, sink);
    return stream_file(cache_of(root) / dataset::dvc_object_path(md5, kind), sink);
  };
  if (is_whole && is_dvc_clone(root)) {
    readers.snapshot_file = [&](std::string_view path) { return base::read_file(root / path); };
  }
  auto verification = TRY(dataset::verify_release(readers, expectation));
  if (is_whole) {
    TRY(find_unknown(root, files, expectation.most_findings, verification.findings));
  }
  return verification;
}

}  // namespace server::client
