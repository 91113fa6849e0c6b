// Runs an export of the sample documents into a string.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "dataset/export_format.h"
#include "tests/dataset/sample_release.h"
#include "tests/support/result_matchers.h"

namespace test {

struct Exported {
  std::string text;
  dataset::LossReport loss;
};

// The samples' stored files are the texts "invoice", "invoice page 1", ... of that SHA-256.
inline dataset::ReadStored read_samples() {
  return [](const corpus::StoredFile& file, uint64_t offset, uint64_t length,
            const dataset::ExportSink& sink) -> base::Result<void> {
    for (const char* content : {"invoice", "letter", "invoice page 1", "letter page 1"}) {
      if (base::sha256_of(content) == file.sha256) {
        return sink(std::string_view(content).substr(offset, length));
      }
    }
    return base::Error{base::Code::not_found, "no such file"};
  };
}

inline base::Result<Exported> try_export(std::string_view format, const dataset::ExportInput& input,
                                         const dataset::ExportWindow& window = {}) {
  Exported exported;
  dataset::ExportOutput out(
      [&](std::string_view chunk) -> base::Result<void> {
        exported.text += chunk;
        return {};
      },
      read_samples(), window);
  exported.loss = TRY(dataset::run_export(*dataset::find_export_format(format), input, out));
  return exported;
}

// Of both sample documents and their schema.
inline Exported export_samples(std::string_view format, dataset::ExportOptions options = {}) {
  const auto documents = sample_documents();
  options.release = "claims 1.2.3";
  return TAKE(try_export(format, {options, sample_schema(), opener_of(documents)}));
}

// The files of a tar archive, by path.
inline std::map<std::string, std::string> untar(std::string_view archive) {
  std::map<std::string, std::string> files;
  while (archive.size() >= 512 && archive[0] != '\0') {
    const std::string path(archive.substr(0, archive.substr(0, 100).find('\0')));
    const size_t size = std::stoul(std::string(archive.substr(124, 11)), nullptr, 8);
    files[path] = archive.substr(512, size);
    archive.remove_prefix(512 + (size + 511) / 512 * 512);
  }
  return files;
}

}  // namespace test
