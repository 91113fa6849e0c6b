#include "vcs/fetch_cache.h"

#include <atomic>
#include <optional>
#include <thread>

#include "tests/vcs/closure_fixture.h"
#include "vcs/detail/pack_order.h"

namespace vcs {
namespace {

using base::Code;
using std::chrono::milliseconds;

PackQuery query(const std::string& key, const std::string& repository = "claims",
                const std::string& client = "ada") {
  return {repository, client, base::sha1_of(key)};
}

struct FetchCacheTest : ClosureTest {
  std::atomic<int> selected = 0;
  SharedObjects objects = everything();

  PackOrder::Select select() {
    return [this]() -> base::Result<SharedObjects> {
      ++selected;
      return objects;
    };
  }
  std::string fetched(FetchCache& cache, const PackQuery& what) {
    PackOrder order = TAKE(PackOrder::place(cache, what));
    Collected out;
    test::take(TAKE(order.fill(select(), true, nullptr))->send(out.sink(), nullptr), "send");
    return out.bytes;
  }
};

TEST_F(FetchCacheTest, MakesAPackOnceForAllWhoAskForIt) {
  FetchCache cache({});
  const std::string first = fetched(cache, query("a"));
  EXPECT_EQ(fetched(cache, query("a", "claims", "bob")), first);
  EXPECT_EQ(selected, 1);
  EXPECT_EQ(test::objects_in(first), all_names());
  fetched(cache, query("b"));
  fetched(cache, query("a", "invoices"));
  EXPECT_EQ(selected, 3);
}

TEST_F(FetchCacheTest, LetsOthersWaitForTheFirst) {
  FetchCache cache({});
  std::optional<PackOrder> first(TAKE(PackOrder::place(cache, query("a"))));
  std::string second;
  std::thread other([&] { second = fetched(cache, query("a", "claims", "bob")); });
  EXPECT_OK(first->fill(select(), true, nullptr));
  other.join();
  EXPECT_EQ(selected, 1);
  EXPECT_EQ(test::objects_in(second), all_names());
}

TEST_F(FetchCacheTest, GoesOnWhenTheFirstHasGone) {
  FetchCache cache({});
  std::optional<PackOrder> first(TAKE(PackOrder::place(cache, query("a"))));
  std::string second;
  PackOrder waiting = TAKE(PackOrder::place(cache, query("a", "claims", "bob")));
  std::thread other([&] { EXPECT_OK(waiting.fill(select(), true, nullptr)); });
  first.reset();
  other.join();
  EXPECT_EQ(selected, 1);
}

TEST_F(FetchCacheTest, ForgetsARepository) {
  FetchCache cache({});
  fetched(cache, query("a"));
  fetched(cache, query("a", "claims-2"));
  cache.forget("claims");
  EXPECT_EQ(cache.use().packs, 1u);
  fetched(cache, query("a"));
  EXPECT_EQ(selected, 3);
}

TEST_F(FetchCacheTest, DropsWhatWasNotAskedForLately) {
  FetchCache roomy({});
  fetched(roomy, query("a"));
  FetchCache cache({.memory_bytes = roomy.use().memory_bytes * 2});
  fetched(cache, query("a"));
  fetched(cache, query("b"));
  fetched(cache, query("a"));
  fetched(cache, query("c"));
  EXPECT_EQ(cache.use().packs, 2u);
  EXPECT_EQ(selected, 4);
  fetched(cache, query("a"));
  EXPECT_EQ(selected, 4) << "used after b";
}

TEST_F(FetchCacheTest, RefusesWhoAsksForTooMuchAtOnce) {
  FetchCache cache({.packs_per_client = 1, .patience = milliseconds(1)});
  const PackOrder first = TAKE(PackOrder::place(cache, query("a")));
  const auto second = PackOrder::place(cache, query("b"));
  EXPECT_EQ(test::code_of(second), Code::busy);
  EXPECT_OK(PackOrder::place(cache, query("b", "claims", "bob")));
}

}  // namespace
}  // namespace vcs
