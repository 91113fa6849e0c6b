#include "dataset/export_source.h"

#include "base/json.h"

namespace dataset {

bool is_ground_truth(const corpus::Annotation& annotation) {
  const bool rejected = annotation.review && annotation.review->state == corpus::Verdict::rejected;
  return !annotation.proposed && !rejected;
}

void count_labels(std::span<const corpus::Annotation> annotations,
                  std::map<std::string, uint64_t>& labels) {
  for (const corpus::Annotation& annotation : annotations) {
    if (is_ground_truth(annotation) && !annotation.label.empty()) ++labels[annotation.label];
  }
}

std::string print_loss(const LossReport& report) {
  base::Json lost = base::Json::object();
  for (const auto& [reason, count] : report.lost) lost.set(reason, count);
  return base::Json::object({{"format", report.format},
                             {"documents", report.documents},
                             {"pages", report.pages},
                             {"annotations", report.annotations},
                             {"lost", lost}})
             .print() +
         "\n";
}

}  // namespace dataset
