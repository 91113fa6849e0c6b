#include "tests/vcs/fetch_client.h"

#include <filesystem>
#include <stdexcept>

#include "base/text.h"

namespace test {
namespace {

using vcs::append_delimiter;
using vcs::append_flush;
using vcs::append_pkt;

void take_band(FetchAnswer& answer, std::string_view payload) {
  const std::string_view content = payload.substr(1);
  if (payload[0] == 1) {
    answer.pack += content;
  } else if (payload[0] == 2) {
    answer.progress += content;
  } else {
    answer.fatal += content;
  }
}

bool is_band(const vcs::Packet& packet) {
  return packet.is_data() && !packet.payload.empty() && packet.payload[0] >= 1 &&
         packet.payload[0] <= 3;
}

// Bands are told from lines by their first byte.
FetchAnswer read_answer(std::string_view response) {
  FetchAnswer answer;
  vcs::PktReader reader(response);
  while (const auto packet = MUST(reader.next())) {
    if (is_band(*packet)) {
      take_band(answer, packet->payload);
    } else {
      answer.lines.push_back(packet->is_delimiter() ? "--"
                             : packet->is_flush()   ? "=="
                                                    : std::string(packet->line()));
    }
  }
  return answer;
}

}  // namespace

std::string FetchLines::v2() const {
  std::string out;
  append_pkt(out, "command=fetch\n");
  append_pkt(out, "agent=test\n");
  append_pkt(out, "object-format=sha1\n");
  append_delimiter(out);
  for (const std::string& line : lines_) append_pkt(out, line + '\n');
  append_flush(out);
  return out;
}

std::string FetchLines::v0(const std::string& capabilities) const {
  std::string out;
  std::string negotiation;
  bool is_first = true;
  for (const std::string& line : lines_) {
    const bool later = line.starts_with("have ") || line == "done";
    append_pkt(later ? negotiation : out, (is_first ? line + ' ' + capabilities : line) + '\n');
    is_first = false;
  }
  append_flush(out);
  if (negotiation.empty()) return out;
  if (!negotiation.ends_with("done\n")) append_flush(negotiation);
  return out + negotiation;
}

std::string serve(const vcs::UploadPack& upload_pack, vcs::WireVersion version,
                  const std::string& body) {
  std::string out;
  MUST(upload_pack.serve(version, body, [&](std::string_view bytes) -> base::Result<void> {
    out += bytes;
    return {};
  }));
  return out;
}

std::string serve_by_git(const TestRepository& repository, vcs::WireVersion version,
                         const std::string& body) {
  const std::string protocol =
      version == vcs::WireVersion::v2 ? "GIT_PROTOCOL=version=2" : "GIT_PROTOCOL=version=0";
  return run_git(
             {"-c", "uploadpack.allowFilter=true", "-c", "uploadpack.allowReachableSHA1InWant=true",
              "upload-pack", "--stateless-rpc", repository.path().string()},
             body, {protocol})
      .out;
}

FetchAnswer read_answer_v2(std::string_view response) {
  return read_answer(response);
}
FetchAnswer read_answer_v0(std::string_view response) {
  return read_answer(response);
}

Names objects_in(const std::string& pack, Pack extent) {
  const TestRepository other;
  const base::Path file = other.path() / "received.pack";
  MUST(base::write_file_durably(file, pack));
  std::vector<std::string> check = {"index-pack", file.string()};
  if (extent == Pack::whole) check.insert(check.begin() + 1, "--strict");
  other.git(check);
  const std::string list =
      other.git({"show-index"}, MUST(base::read_file(other.path() / "received.idx")));
  Names names;
  for (const auto line : base::split(list, '\n')) {
    const auto words = base::split(line, ' ');
    if (words.size() >= 2) names.emplace(words[1]);
  }
  return names;
}

Names reachable(const TestRepository& repository, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"rev-list", "--objects", "--no-object-names"});
  const std::string list = repository.git(arguments);
  Names names;
  for (const auto line : base::split(list, '\n')) {
    if (!line.empty() && line[0] != '~') names.emplace(line);
  }
  return names;
}

}  // namespace test
