// Formats that have one file for each page, as a tar archive: the page's file, its image beside it
// unless they are left out, what else belongs to the format, and loss.json at the end. Private to
// dataset/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dataset/detail/export_walk.h"
#include "dataset/detail/page_text.h"
#include "dataset/export_output.h"

namespace dataset::detail {

// A page with what of it was chosen.
struct ChosenPage {
  PageView view;
  std::vector<const corpus::Annotation*> annotations;
  PageText text;

  ChosenPage(const ExportOptions& options, const PageView& page, LossReport& loss)
      : view(page),
        annotations(chosen_annotations(options, page.content().annotations, loss)),
        text(page.content().words, annotations) {}
};

struct ArchiveFile {
  std::string path;
  std::string content;
};

struct PageArchive {
  std::string format;
  // The page's file and the directory of its image; what is not in it goes into the report.
  struct Entry {
    ArchiveFile file;
    std::string image_directory;
  };
  std::function<Entry(const ChosenPage&, LossReport&)> print;
  // Called at the end.
  std::function<std::optional<ArchiveFile>()> last = {};
};

base::Result<LossReport> write_page_archive(const PageArchive& archive, const ExportInput& input,
                                            ExportOutput& out);

}  // namespace dataset::detail
