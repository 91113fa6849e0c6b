// What a stranger may post to git-upload-pack: a fetch of v0, and any request of v2 against a
// repository without objects. Every answer must be packets; nothing may fail but the wire.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vcs/upload_pack.h"

namespace {

const vcs::UploadPack& server() {
  static const base::TempDir directory = MUST(base::TempDir::create());
  static const vcs::UploadPack upload_pack = [] {
    MUST(vcs::Repository::create(directory.path() / "empty.git"));
    return vcs::UploadPack(MUST(vcs::Repository::open(directory.path() / "empty.git")), {});
  }();
  return upload_pack;
}

void serve(vcs::WireVersion version, std::string_view body) {
  std::string answer;
  const auto served =
      server().serve(version, body, [&](std::string_view bytes) -> base::Result<void> {
        answer += bytes;
        return {};
      });
  if (!served.ok()) std::abort();
  vcs::PktReader reader(answer);
  while (MUST(reader.next())) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  serve(vcs::WireVersion::v0, body);
  serve(vcs::WireVersion::v2, body);
  return 0;
}
