#include "corpus/event.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

TEST(Event, IsACloudEvent) {
  const Event event{"01JD8Z6V5N0M3K4H7Q9R2S1T0W", std::string(event_type::kDocumentReady),
                    "acme/claims/documents/0f3a", 1'700'000'000'123,
                    base::Json::object({{"pages", 3}})};
  EXPECT_EQ(to_json(event, "https://host").print(),
            R"({"specversion":"1.0","id":"01JD8Z6V5N0M3K4H7Q9R2S1T0W","source":"https://host",)"
            R"("type":"glossator.document.ready","subject":"acme/claims/documents/0f3a",)"
            R"("time":"2023-11-14T22:13:20.123Z","datacontenttype":"application/json",)"
            R"("data":{"pages":3}})");
  EXPECT_EQ(TAKE(event_from_json(to_json(event, "https://host"))), event);
}

TEST(Event, MadeNowWithAnIdOfItsOwn) {
  const Event event = make_event(event_type::kJobFailed, "acme/claims");
  EXPECT_TRUE(base::is_ulid(event.id));
  EXPECT_GT(event.time, 0);
  EXPECT_TRUE(event.data.is_object());
}

TEST(Event, RefusesWhatIsNone) {
  EXPECT_FALSE(event_from_json(base::Json::object()).ok());
  EXPECT_FALSE(event_from_json(base::Json::object({{"specversion", "1.0"}})).ok());
}

}  // namespace
}  // namespace corpus
