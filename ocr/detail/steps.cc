#include "ocr/detail/steps.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "base/text.h"

namespace ocr::detail {
namespace {

constexpr std::pair<std::string_view, ReadingStep> kNames[] = {
    {"strips", ReadingStep::strips},     {"turn", ReadingStep::turn},
    {"align", ReadingStep::align},       {"scraps", ReadingStep::scraps},
    {"part", ReadingStep::part},         {"rules", ReadingStep::rules},
    {"looks", ReadingStep::looks},       {"shading", ReadingStep::shading},
    {"negative", ReadingStep::negative}, {"nonsense", ReadingStep::nonsense},
    {"ink", ReadingStep::ink},           {"calibrate", ReadingStep::calibrate},
    {"patterns", ReadingStep::patterns},
};

}  // namespace

std::set<ReadingStep> parse_steps(std::string_view list) {
  std::set<ReadingStep> steps;
  for (const std::string_view name : base::split(list, ',')) {
    const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                     [&](const auto& known) { return known.first == name; });
    if (found != std::end(kNames)) steps.insert(found->second);
  }
  return steps;
}

bool does(ReadingStep step) {
  static const std::set<ReadingStep> without = [] {
    const char* list = std::getenv(kWithoutVariable);
    return parse_steps(list == nullptr ? "" : list);
  }();
  return !without.contains(step);
}

}  // namespace ocr::detail
