#include "server/flow/collect.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "base/clock.h"
#include "server/flow/dvc_remote.h"
#include "storage/settings_table.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

using storage::BlobName;

class Collect : public OneProject {
 protected:
  Collect() {
    actor.access.roles = {corpus::Role::admin};
    organisation = TAKE(services->database->read([&](storage::Transaction& tx) {
      return storage::UserStore(tx).find_organisation(actor.project().organisation);
    }));
  }

  static std::string text_of(int number) { return "text " + std::to_string(number); }
  static BlobName name_of(int number) { return {base::md5_of(text_of(number))}; }

  base::Path path_of(const BlobName& name) const {
    const std::string hex = name.text();
    return dir.path() / "orgs/acme/files/md5" / hex.substr(0, 2) / hex.substr(2);
  }
  void age(const BlobName& name) const {
    const timespec old[2] = {{1, 0}, {1, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path_of(name).c_str(), old, 0), 0);
  }

  // As a release leaves it that never came about, long ago and found to be unneeded then.
  void leave(int count) {
    std::string notes;
    for (int i = 0; i < count; ++i) {
      const auto hashes = TAKE(put_blob(*services->blobs, "acme", text_of(i)));
      TAKE(services->database->write([&](storage::Transaction& tx) {
        return storage::BlobTable(tx).record(
            actor.project(), {{hashes.md5}, hashes.sha256, hashes.size, "text/plain"});
      }));
      notes += name_of(i).text() + " 1000\n";
      age(name_of(i));
    }
    TAKE(services->database->write([&](storage::Transaction& tx) {
      return storage::SettingsTable(tx).set("unneeded-since:acme", notes);
    }));
  }

  CollectReport collect_now(bool dry_run = false) {
    return TAKE(
        collect(*services, organisation,
                {.now = base::now_milliseconds(), .grace = kLeastLiveGrace, .dry_run = dry_run}));
  }

  bool is_there(int number) {
    return open_object(*services, actor.project(), Sight::all, name_of(number)).ok();
  }
  void send(int number, Keeping keeping = Keeping::for_good) {
    const std::string text = text_of(number);
    size_t sent = 0;
    ASSERT_OK(take_object(
        *services, actor, {.md5 = name_of(number).md5},
        [&](char* buffer, size_t size) -> Result<size_t> {
          const size_t count = text.copy(buffer, size, sent);
          sent += count;
          return count;
        },
        keeping));
  }
  // Sent by Git LFS long ago, and found to be unneeded then.
  void send_in_advance(int count) {
    std::string notes;
    for (int i = 0; i < count; ++i) {
      send(i, Keeping::until_pushed);
      notes += name_of(i).text() + " 1000\n";
      age(name_of(i));
    }
    TAKE(services->database->write([&](storage::Transaction& tx) {
      return storage::SettingsTable(tx).set("unneeded-since:acme", notes);
    }));
  }
  // As a client pushes: asks first, and sends what is not there.
  void push(int number) {
    const BlobName name = name_of(number);
    const auto seen = open_object(*services, actor.project(), Sight::all, name);
    if (seen.ok() && note_shown(*services, actor, *seen).ok()) return;
    const auto gone = TAKE(rely_on(*services, actor, std::span<const BlobName>(&name, 1)));
    if (!gone.empty()) send(number);
  }

  storage::Organisation organisation;
};

TEST_F(Collect, TakesWhatIsOldAndUnneeded) {
  leave(3);
  send(100);
  EXPECT_EQ(collect_now(true).removed, 3U);
  EXPECT_TRUE(is_there(0));
  EXPECT_EQ(collect_now(), (CollectReport{4, 3, 3, 18}));
  EXPECT_FALSE(is_there(0) || is_there(1) || is_there(2));
  EXPECT_TRUE(is_there(100));
  EXPECT_FALSE(std::filesystem::exists(path_of(name_of(0))));
}

TEST_F(Collect, LeavesWhatSomebodyReliesOn) {
  leave(3);
  push(0);                                                     // was shown it
  (void)TAKE(put_blob(*services->blobs, "acme", text_of(1)));  // is about to make a row
  EXPECT_EQ(collect_now().removed, 1U);
  EXPECT_TRUE(is_there(0) && is_there(1));
  EXPECT_FALSE(is_there(2));
}

TEST_F(Collect, TakesWhatWasSentForAPushThatNeverCame) {
  send_in_advance(3);
  send(1);  // by dvc push, too
  const std::vector<BlobName> relied_on = {name_of(2)};
  ASSERT_OK(rely_on(*services, actor, relied_on, Keeping::until_pushed));
  EXPECT_EQ(collect_now().removed, 1U);
  EXPECT_FALSE(is_there(0));
  EXPECT_TRUE(is_there(1) && is_there(2));
}

TEST_F(Collect, LeavesADocumentThatWasSentByLfsBefore) {
  const std::string bytes = kPng + "sent before";
  const BlobName name = {base::md5_of(bytes)};
  size_t sent = 0;
  ASSERT_OK(take_object(
      *services, actor, {.md5 = name.md5},
      [&](char* buffer, size_t size) -> Result<size_t> {
        const size_t count = bytes.copy(buffer, size, sent);
        sent += count;
        return count;
      },
      Keeping::until_pushed));
  const auto is_leftover = [&] {
    return TAKE(services->database->read([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).is_leftover(organisation.id, name);
    }));
  };
  EXPECT_TRUE(is_leftover());
  upload("scan.png", bytes);
  EXPECT_FALSE(is_leftover());
}

TEST_F(Collect, WaitsForAReleaseThatIsBeingMade) {
  leave(2);
  const auto project = TAKE(services->catalog->open(actor.project()));
  {
    const std::lock_guard release(project->release_mutex);
    std::thread([&] { EXPECT_EQ(collect_now().removed, 0U); }).join();
  }
  EXPECT_EQ(collect_now().removed, 2U);
}

TEST_F(Collect, TakesFilesWithoutARowOnceTheyAreOld) {
  (void)TAKE(put_blob(*services->blobs, "acme", text_of(0)));
  (void)TAKE(put_blob(*services->blobs, "acme", text_of(1)));
  age(name_of(0));
  EXPECT_EQ(collect_now(), (CollectReport{2, 2, 1, 6}));
  EXPECT_FALSE(std::filesystem::exists(path_of(name_of(0))));
  EXPECT_TRUE(std::filesystem::exists(path_of(name_of(1))));
}

TEST_F(Collect, StopsWhenItIsTold) {
  leave(2);
  const auto stopped = collect(*services, organisation,
                               {.now = base::now_milliseconds(), .stop = [] { return true; }});
  EXPECT_EQ(test::code_of(stopped), base::Code::busy);
  EXPECT_TRUE(is_there(0) && is_there(1));
}

// Each text is pushed once, by whoever comes, while collection takes what nobody has pushed yet.
TEST_F(Collect, LosesNothingThatIsPushedMeanwhile) {
  constexpr int kTexts = 120;
  leave(kTexts);
  std::atomic<int> next = 0;
  std::atomic<bool> done = false;
  std::thread collector([&] {
    while (!done) {
      const auto report = collect(*services, organisation,
                                  {.now = base::now_milliseconds(), .grace = kLeastLiveGrace});
      EXPECT_TRUE(report.ok());
    }
  });
  std::vector<std::thread> clients;
  for (int client = 0; client < 3; ++client) {
    clients.emplace_back([&] {
      for (int i = next++; i < kTexts; i = next++) {
        push(i);
        EXPECT_TRUE(is_there(i)) << i;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  done = true;
  collector.join();
  EXPECT_EQ(collect_now().removed, 0U);
  for (int i = 0; i < kTexts; ++i) EXPECT_TRUE(is_there(i)) << i;
}

}  // namespace
}  // namespace server
