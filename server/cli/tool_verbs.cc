// ocr, doctor: without a server.
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "ocr/ocr_command.h"
#include "ocr/sandbox.h"
#include "server/cli/verbs.h"

namespace server::cli {
namespace {

struct OcrOptions {
  std::vector<std::string> files;
  std::string out;
  std::vector<std::string> formats;
  std::string profile = "accurate";
  std::string languages = "eng";
  std::string password;
  std::string sandbox = "full";
  int workers = 1;
};

int read_files(const OcrOptions& options) {
  std::vector<std::string> arguments = options.files;
  arguments.insert(
      arguments.end(),
      {"--out", options.out, "--profile", options.profile, "--languages", options.languages,
       "--workers", std::to_string(options.workers), "--sandbox", options.sandbox});
  if (!options.password.empty()) {
    arguments.insert(arguments.end(), {"--password", options.password});
  }
  for (const std::string& format : options.formats) {
    arguments.insert(arguments.end(), {"--to", format});
  }
  return ocr::run_ocr_command(arguments);
}

int examine(bool json) {
  const ocr::SandboxLayers layers = ocr::probe_sandbox();
  const std::vector<std::string> languages = ocr::installed_languages();
  const std::vector<std::string> slower = ocr::languages_of_tesseract_alone();
  if (json) {
    const auto list_of = [](const std::vector<std::string>& names) {
      base::Json list = base::Json::array();
      for (const std::string& name : names) list.push(name);
      return list;
    };
    std::printf("%s\n", base::Json::object({{"seccomp", layers.seccomp},
                                            {"landlock_abi", layers.landlock_abi},
                                            {"no_new_privileges", layers.no_new_privileges},
                                            {"resource_limits", layers.resource_limits},
                                            {"languages", list_of(languages)},
                                            {"read_by_tesseract_alone", list_of(slower)}})
                            .print()
                            .c_str());
  } else {
    const auto say = [](const char* what, bool good) {
      std::printf("%-22s %s\n", what, good ? "ok" : "MISSING");
    };
    say("seccomp", layers.seccomp);
    say("landlock", layers.landlock_abi > 0);
    say("no new privileges", layers.no_new_privileges);
    say("resource limits", layers.resource_limits);
    std::printf("%-22s %s\n", "OCR languages", base::join(languages, " ").c_str());
    if (!slower.empty()) {
      std::printf("%-22s %s\n", "by tesseract alone", base::join(slower, " ").c_str());
    }
  }
  return layers.complete() && !languages.empty() ? kDone : kFailed;
}

}  // namespace

Verb ocr_verb() {
  auto o = std::make_shared<OcrOptions>();
  return {"ocr", "read files and write their words, or searchable PDF, without a server",
          [o](Options& options) {
            options.texts("file", o->files, "PDF and image files").required();
            options.text("--out", o->out, "directory for the results").required();
            options
                .texts("--to", o->formats,
                       "json (a file for each page; what is written if nothing is said), text, "
                       "hocr, alto or pdf (searchable, looks as before); may be repeated")
                .one_of({"json", "text", "hocr", "alto", "pdf"});
            options.text("--profile", o->profile, "accurate or fast").one_of({"accurate", "fast"});
            options.text("--languages", o->languages, "tesseract's names, joined with +");
            options.text("--password", o->password, "of encrypted PDF files");
            options.number("--workers", o->workers, "pages read at once");
            options.text("--sandbox", o->sandbox, "seccomp-only: do without Landlock")
                .one_of({"full", "seccomp-only"});
          },
          [o] { return read_files(*o); }};
}

Verb doctor_verb() {
  auto json = std::make_shared<bool>(false);
  return {"doctor", "check this machine: sandbox layers, OCR languages",
          [json](Options& options) { options.flag("--json", *json, "print JSON"); },
          [json] { return examine(*json); }};
}

}  // namespace server::cli
