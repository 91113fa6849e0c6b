#include "server/client/export_download.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

namespace server::client {

using base::Code;
using base::Error;
using base::Path;

namespace {

// Names of formats and parts are made of these: nothing needs an escape in an address.
Result<std::string> plain_name(const std::string& name) {
  const bool is_plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (is_plain) return name;
  return Error{Code::invalid, "neither a format nor a part can be called \"" + name + "\""};
}

// The export's address, once it is known which version is meant.
Result<std::string> address_of(const Remote& remote, base::HttpClient& client,
                               const ExportWish& wish, std::string_view ending) {
  TRY(check_project(wish.project));
  TRY(plain_name(wish.format));
  const RemoteRelease release = TRY(find_release(remote, client, wish.project, wish.release));
  std::string url = remote.project(wish.project, release.path() + "/exports/" + wish.format) +
                    std::string(ending);
  char separator = '?';
  const auto add = [&](const std::string& parameter) {
    url += separator + parameter;
    separator = '&';
  };
  for (const std::string& part : wish.parts) add("part=" + TRY(plain_name(part)));
  if (!wish.hold_out.empty()) add("hold_out=" + TRY(plain_name(wish.hold_out)));
  if (!wish.since.empty()) {
    add("since=" + dataset::print_version(TRY(dataset::parse_version(wish.since))));
  }
  if (wish.proposals) add("proposals");
  if (!wish.images) add("images=no");
  return url;
}

class Download {
 public:
  Download(base::HttpClient& client, std::string url, const Path& file,
           const ExportProgress& progress)
      : client_(client),
        url_(std::move(url)),
        part_(file.string() + ".part"),
        name_(file.string() + ".part.etag"),
        progress_(progress) {}

  Result<void> attempt() {
    fd_ = TRY(base::open_file(part_, O_WRONLY | O_CREAT | O_APPEND));
    const uint64_t begin = TRY(base::file_size(part_));
    base::HttpRequest request{.url = url_};
    const auto name = base::read_file(name_);
    const bool goes_on = begin > 0 && name.ok() && !name->empty();
    if (goes_on) {
      request.headers = {"Range: bytes=" + std::to_string(begin) + "-", "If-Range: " + *name};
    }
    position_ = begin;
    const auto answer = TRY(client_.send(
        request,
        [&](std::string_view chunk) -> Result<void> {
          TRY(base::write_all(fd_.get(), chunk));
          position_ += chunk.size();
          if (progress_) progress_(position_);
          return {};
        },
        [&](const base::HttpAnswer& answer) { return begin_body(answer); }));
    // All of it had come when the earlier attempt was stopped.
    if (answer.status == 416 &&
        answer.header("content-range") == "bytes */" + std::to_string(begin))
      return {};
    return answer.ok() ? Result<void>() : Result<void>(error_of(answer));
  }

  uint64_t position() const { return position_; }
  const Path& part() const { return part_; }
  const Path& name() const { return name_; }

 private:
  // A 200 is the whole export: of other bytes than before, or the first attempt.
  Result<void> begin_body(const base::HttpAnswer& answer) {
    if (answer.status != 200) return {};
    if (::ftruncate(fd_.get(), 0) != 0) return base::system_error("truncate", part_);
    position_ = 0;
    const base::UniqueFd fd = TRY(base::open_file(name_, O_WRONLY | O_CREAT | O_TRUNC));
    return base::write_all(fd.get(), answer.header("etag"));
  }

  base::HttpClient& client_;
  const std::string url_;
  const Path part_;
  const Path name_;  // the ETag of what the part is a part of
  const ExportProgress& progress_;
  base::UniqueFd fd_;
  uint64_t position_ = 0;
};

}  // namespace

Result<uint64_t> download_export(const Remote& remote, const ExportWish& wish, const Path& file,
                                 const ExportProgress& progress) {
  base::HttpClient client = remote.connect();
  Download download(client, TRY(address_of(remote, client, wish, "")), file, progress);
  TRY(persist([&] { return download.attempt(); }, [&] { return download.position(); }));
  TRY(base::rename_durably(download.part(), file));
  TRY(base::remove_file(download.name()));
  return base::file_size(file);
}

Result<uint64_t> stream_export(const Remote& remote, const ExportWish& wish,
                               const base::HttpSink& sink) {
  base::HttpClient client = remote.connect();
  uint64_t size = 0;
  const auto answer = TRY(
      client.send({.url = TRY(address_of(remote, client, wish, ""))}, [&](std::string_view chunk) {
        size += chunk.size();
        return sink(chunk);
      }));
  if (!answer.ok()) return error_of(answer);
  return size;
}

Result<base::Json> export_loss(const Remote& remote, const ExportWish& wish) {
  base::HttpClient client = remote.connect();
  return ask_json(client, {.url = TRY(address_of(remote, client, wish, "/loss"))});
}

}  // namespace server::client
