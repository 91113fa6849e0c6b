// samples/schema.json is what a project accepts, in its canonical form.
#include "corpus/schema.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/result_matchers.h"

namespace {

TEST(SampleSchema, IsValidAndCanonical) {
  const auto text = base::read_file(base::Path(GLOSSATOR_ROOT) / "samples" / "schema.json");
  ASSERT_TRUE(text.ok());
  corpus::Diagnostics problems;
  const auto schema = corpus::parse_schema(*text, problems);
  ASSERT_TRUE(schema) << corpus::to_string(problems.list().front());
  EXPECT_EQ(corpus::print_schema(*schema), *text);
}

}  // namespace
