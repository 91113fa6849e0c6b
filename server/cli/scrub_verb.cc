// scrub: everything that is stored is read again and compared with its hashes.
#include <cstdio>

#include "base/json.h"
#include "server/cli/remote_options.h"
#include "server/cli/verbs.h"
#include "server/flow/scrub.h"

namespace server::cli {
namespace {

using base::Json;

struct ScrubWishes {
  std::string data;
  std::string copy;
  int megabytes_per_second = 0;
  bool json = false;
};

Json finding_json(const ScrubFinding& finding) {
  Json touches = Json::array();
  for (const std::string& place : finding.touches) touches.push(place);
  return Json::object({{"name", finding.name},
                       {"place", finding.place},
                       {"what", finding.what},
                       {"mended", finding.is_mended},
                       {"touches", std::move(touches)}});
}

void print_json(const ScrubReport& report) {
  Json findings = Json::array();
  for (const ScrubFinding& finding : report.findings) findings.push(finding_json(finding));
  std::printf("%s\n", Json::object({{"objects", report.objects},
                                    {"bytes", report.bytes},
                                    {"packs", report.packs},
                                    {"whole", report.is_whole()},
                                    {"findings", std::move(findings)}})
                          .print()
                          .c_str());
}

void print(const ScrubReport& report) {
  for (const ScrubFinding& finding : report.findings) {
    std::printf("%s %s: %s%s\n", finding.name.c_str(), finding.place.c_str(), finding.what.c_str(),
                finding.is_mended ? "; mended" : "");
    for (const std::string& place : finding.touches) std::printf("  in %s\n", place.c_str());
  }
  std::printf("%llu objects (%s), %llu packs: %s\n",
              static_cast<unsigned long long>(report.objects), size_text(report.bytes).c_str(),
              static_cast<unsigned long long>(report.packs),
              report.is_whole() ? "whole" : "DAMAGED");
}

int scrub_as(const ScrubWishes& wishes) {
  ScrubOptions options{.data = wishes.data, .copy = wishes.copy};
  if (wishes.megabytes_per_second > 0) {
    options.bytes_per_second = static_cast<uint64_t>(wishes.megabytes_per_second) * 1'000'000;
  }
  options.progress = [](uint64_t objects, uint64_t bytes) {
    show_line(std::to_string(objects) + " objects, " + size_text(bytes));
  };
  const auto report = scrub(options);
  clear_line();
  if (!report.ok()) return fail(report.error());
  wishes.json ? print_json(*report) : print(*report);
  return report->is_whole() ? kDone : kFailed;
}

}  // namespace

Verb scrub_verb() {
  auto o = std::make_shared<ScrubWishes>();
  return {"scrub",
          "read all stored bytes and git packs again, beside a running server too; 1 if something "
          "is damaged and could not be mended",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--copy", o->copy,
                         "another data directory, such as a backup, from which damage is mended");
            options.number(
                "--rate", o->megabytes_per_second,
                "read at most so many MB a second; as fast as it goes if it is left out");
            options.flag("--json", o->json, "print the result as JSON");
          },
          [o] { return scrub_as(*o); }};
}

}  // namespace server::cli
