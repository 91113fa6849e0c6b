#include "vcs/detail/pack_copier.h"

#include <random>

#include "tests/vcs/closure_fixture.h"

namespace vcs {
namespace {

struct PackCopierTest : ClosureTest {
  static std::string copied(const ObjectSet& objects, bool offset_deltas = true) {
    Collected out;
    PackStreamer stream(out.sink());
    test::take(PackCopier(objects, offset_deltas, stream).write(), "write");
    TAKE(stream.finish());
    return out.bytes;
  }
  std::string stored_pack() const {
    return TAKE(base::read_file(view()->packs().at(0)->stem().string() + ".pack"));
  }
  // Each object with the given probability.
  static ObjectSet some_of(const ObjectSet& all, unsigned seed, double share) {
    std::mt19937 random(seed);
    std::bernoulli_distribution is_taken(share);
    ObjectSet some(all.view());
    for (const uint32_t position : all.positions_in(0)) {
      if (is_taken(random)) TAKE(some.insert(all.view()->packs()[0]->lookup().id_at(position)));
    }
    return some;
  }
  static test::Names names_of(const ObjectSet& objects) {
    test::Names names;
    for (const uint32_t position : objects.positions_in(0)) {
      names.insert(objects.view()->packs()[0]->lookup().id_at(position).hex());
    }
    return names;
  }
};

TEST_F(PackCopierTest, GivesAStoredPackAsItIs) {
  const SharedObjects all = everything();
  EXPECT_EQ(copied(*all), stored_pack());
  Collected out;
  PackStreamer stream(out.sink());
  EXPECT_EQ(PackCopier(*all, true, stream).known_trailer(),
            view()->packs().at(0)->lookup().pack_checksum());
}

TEST_F(PackCopierTest, KnowsNoTrailerOfAPackThatIsNotStored) {
  const ObjectSet some = some_of(*everything(), 1, 0.9);
  Collected out;
  PackStreamer stream(out.sink());
  EXPECT_FALSE(PackCopier(some, true, stream).known_trailer());
  EXPECT_FALSE(PackCopier(*everything(), false, stream).known_trailer());
}

TEST_F(PackCopierTest, CopiesAnyPartSoThatItStandsForItself) {
  const SharedObjects all = everything();
  for (unsigned seed = 0; seed < 12; ++seed) {
    const ObjectSet some = some_of(*all, seed, seed % 3 == 0 ? 0.97 : 0.5);
    EXPECT_EQ(test::objects_in(copied(some, seed % 2 == 0)), names_of(some)) << seed;
  }
}

TEST_F(PackCopierTest, CopiesDeltasThatNameTheirBaseById) {
  git.git({"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=20"});
  const SharedObjects all = everything();
  for (unsigned seed = 0; seed < 4; ++seed) {
    const ObjectSet some = some_of(*all, seed, 0.8);
    EXPECT_EQ(test::objects_in(copied(some)), names_of(some)) << seed;
  }
  EXPECT_EQ(test::objects_in(copied(*all)), all_names());
}

TEST_F(PackCopierTest, LeavesBlobsOutByTheWord) {
  const ObjectSet kept = TAKE(everything()->without_blobs());
  EXPECT_EQ(test::objects_in(copied(kept)), test::reachable(git, {"--all", "--filter=blob:none"}));
}

}  // namespace
}  // namespace vcs
