#include "server/cli/verify_pulled.h"

#include <cstdio>

#include "base/json.h"
#include "server/cli/remote_options.h"
#include "server/cli/verbs.h"

namespace server::cli {
namespace {

using base::Json;

std::string name_of(const dataset::Verification& found) {
  if (!found.header) return "this release";
  return found.header->name + " " + dataset::print_version(found.header->version);
}

void print(const dataset::Verification& found) {
  std::printf("%s: %s, %llu documents, %llu files, %s, digest %s\n", name_of(found).c_str(),
              found.clean() ? "whole" : "DAMAGED", static_cast<unsigned long long>(found.documents),
              static_cast<unsigned long long>(found.objects), size_text(found.bytes).c_str(),
              found.digest.hex().c_str());
  for (const dataset::Finding& finding : found.findings) {
    std::printf("  %s %s: %s\n", finding.name.c_str(), finding.place.c_str(), finding.what.c_str());
  }
}

}  // namespace

Json to_json(const dataset::Verification& found) {
  Json findings = Json::array();
  for (const dataset::Finding& finding : found.findings) {
    findings.push(
        Json::object({{"name", finding.name}, {"place", finding.place}, {"what", finding.what}}));
  }
  return Json::object({{"release", name_of(found)},
                       {"whole", found.clean()},
                       {"documents", found.documents},
                       {"files", found.objects},
                       {"bytes", found.bytes},
                       {"manifest_sha256", found.digest.hex()},
                       {"findings", std::move(findings)}});
}

void declare_pulled(Options& options, PulledWishes& wishes) {
  options.text("--digest", wishes.selection.digest,
               "the SHA-256 of its manifest, as the release's tag or a receipt names it");
  options.texts("--part", wishes.selection.parts,
                "only this part was pulled, such as train; may be repeated");
  options
      .texts("--only", wishes.selection.kinds,
             "only these files of the documents were pulled: source, images, words, annotations; "
             "may be repeated")
      .one_of({"source", "images", "words", "annotations"});
  options.flag("--json", wishes.json, "print the result as JSON");
}

int run_verify_pulled(PulledWishes& wishes) {
  wishes.selection.directory = wishes.directory;
  const auto found = client::verify_pulled(wishes.selection);
  if (!found.ok()) return fail_remotely(found.error());
  if (wishes.json) {
    std::printf("%s\n", to_json(*found).print().c_str());
  } else {
    print(*found);
  }
  return found->clean() ? kDone : kFailed;
}

Verb verify_pulled_verb() {
  auto o = std::make_shared<PulledWishes>();
  return {
      "verify", "hash and read all files of a pulled release again, without a server",
      [o](Options& options) {
        options.text("--pulled", o->directory, "the directory that it was pulled to").required();
        declare_pulled(options, *o);
      },
      [o] { return run_verify_pulled(*o); }};
}

}  // namespace server::cli
