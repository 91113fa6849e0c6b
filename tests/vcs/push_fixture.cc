#include "tests/vcs/push_fixture.h"

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "base/text.h"
#include "vcs/pkt_line.h"

namespace vcs {
namespace {

std::string checked(const test::GitRun& run) {
  if (run.status != 0) throw std::runtime_error("git failed: " + run.err);
  return run.out;
}

Source source_of(std::string_view body) {
  auto rest = std::make_shared<std::string_view>(body);
  return [rest](char* buffer, size_t size) -> base::Result<size_t> {
    // Odd pieces, so that every border between packets is crossed somewhere.
    const size_t count = std::min({size, rest->size(), size_t{1000}});
    std::copy_n(rest->data(), count, buffer);
    rest->remove_prefix(count);
    return count;
  };
}

std::string lines_of(std::string_view packets) {
  std::string out;
  PktReader reader(packets);
  while (const auto packet = TAKE(reader.next())) {
    if (!packet->is_flush()) out += std::string(packet->line()) + "\n";
  }
  return out;
}

PushReply parse_reply(std::string wire) {
  PushReply reply;
  std::string data;
  PktReader reader(wire);
  while (const auto packet = TAKE(reader.next())) {
    if (packet->is_flush()) continue;
    const std::string_view payload = packet->payload;
    if (payload.starts_with("ERR ")) reply.fatal += payload.substr(4);
    if (payload[0] == 1) data += payload.substr(1);
    if (payload[0] == 2) reply.text += payload.substr(1);
    if (payload[0] == 3) reply.fatal += payload.substr(1);
  }
  reply.report = lines_of(data);
  reply.wire = std::move(wire);
  return reply;
}

// send-pack frames what it wants posted once more, up to a flush.
std::string unframed(std::string_view framed) {
  std::string out;
  PktReader reader(framed);
  while (const auto packet = TAKE(reader.next())) {
    if (packet->is_flush()) break;
    out += packet->payload;
  }
  return out;
}

// What send-pack says after it has posted, without the refs that it was not to push.
std::string status_lines(std::string_view output) {
  PktReader posted(output);
  while (posted.rest().size() >= 4 && base::is_lower_hex(posted.rest().substr(0, 4), 4)) {
    (void)TAKE(posted.next());
  }
  std::string out;
  for (const std::string_view line : base::split(posted.rest(), '\n')) {
    if (!line.empty() && !line.ends_with(" no match")) out += std::string(line) + "\n";
  }
  return out;
}

}  // namespace

std::shared_ptr<Repository> PushFixture::create() const {
  test::take(Repository::create(path), "create");
  return TAKE(Repository::open(path));
}

std::string PushFixture::git(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"-C", path.string()});
  return checked(test::run_git(arguments));
}

std::string PushFixture::value_of(const std::string& ref) const {
  const auto id = repository->refs().find(ref);
  return id ? id->hex() : "";
}

std::string PushFixture::commit(const std::string& file, const std::string& content) {
  return client.commit({{file, content}});
}

std::string PushFixture::store(const std::string& kind, std::string_view content) const {
  return client.git({"hash-object", "-t", kind, "-w", "--stdin", "--literally"}, content);
}

std::string PushFixture::pack(const std::vector<std::string>& ids) const {
  std::string list;
  for (const std::string& id : ids) list += id + "\n";
  return checked(
      test::run_git({"-C", client.path().string(), "pack-objects", "--stdout", "-q"}, list));
}

std::string PushFixture::pack_of(const std::vector<std::string>& revisions,
                                 std::vector<std::string> options) const {
  std::string list;
  for (const std::string& revision : revisions) list += revision + "\n";
  std::vector<std::string> arguments = {
      "-C", client.path().string(), "pack-objects", "--stdout", "-q", "--revs"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return checked(test::run_git(arguments, list));
}

std::string PushFixture::command(const std::string& before, const std::string& after,
                                 const std::string& ref) {
  return before + " " + after + " " + ref;
}

std::string PushFixture::head_of(const std::vector<std::string>& commands,
                                 const std::string& capabilities) {
  std::string out;
  for (const std::string& line : commands) {
    append_pkt(out, out.empty() ? line + std::string(1, '\0') + " " + capabilities : line);
  }
  append_flush(out);
  return out;
}

PushReply PushFixture::send(std::string_view body) const {
  std::string wire;
  const ReceivePack server(repository, policy, observer);
  const auto served = server.serve(source_of(body), handlers, [&](std::string_view bytes) {
    wire += bytes;
    return base::Result<void>();
  });
  EXPECT_OK(served);
  return parse_reply(std::move(wire));
}

SendPackRun PushFixture::push(std::vector<std::string> refspecs,
                              std::vector<std::string> options) const {
  const std::string advertised = ReceivePack(repository, policy).advertise(handlers.joined_ref);
  const std::string refs = advertised.substr(advertised.find("0000") + 4);
  std::vector<std::string> arguments = {"-C", client.path().string(), "send-pack",
                                        "--stateless-rpc", "--helper-status"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back("project");
  arguments.insert(arguments.end(), refspecs.begin(), refspecs.end());
  // Once to hear what git posts, and once more with our answer to it: git does the same again.
  const std::string request = unframed(test::run_git(arguments, refs).out);
  const std::string answer = request.empty() ? "" : send(request).wire;
  const test::GitRun run = test::run_git(arguments, refs + answer);
  return {status_lines(run.out), run.err};
}

std::string PushFixture::push_new(const std::string& tip, const std::string& pack_bytes,
                                  const std::string& ref) const {
  return send(head_of({command(kZero, tip, ref)}) + pack_bytes).report;
}

void PushFixture::expect_nothing_left() const {
  const base::Path quarantine = path / "quarantine";
  EXPECT_TRUE(!std::filesystem::exists(quarantine) || std::filesystem::is_empty(quarantine));
  for (const auto& file : std::filesystem::directory_iterator(path / "objects" / "pack")) {
    EXPECT_TRUE(file.path().filename().string().starts_with("pack-")) << file.path();
  }
}

void PushFixture::expect_sound() const {
  EXPECT_EQ(git({"fsck", "--strict", "--full", "--no-dangling"}), "");
  expect_nothing_left();
}

}  // namespace vcs
