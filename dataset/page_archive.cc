#include "dataset/detail/page_archive.h"

#include "dataset/detail/tar_writer.h"

namespace dataset::detail {

using base::Result;

Result<LossReport> write_page_archive(const PageArchive& archive, const ExportInput& input,
                                      ExportOutput& out) {
  LossReport loss{.format = archive.format};
  TarWriter tar(out);
  TRY(for_each_imaged_page(
      input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
        const auto entry = archive.print(ChosenPage(input.options, view, loss), loss);
        TRY(tar.add(entry.file.path, entry.file.content));
        if (!input.options.images) return {};
        return tar.add(page_image_file(view, entry.image_directory), view.page().image);
      }));
  const auto last = archive.last ? archive.last() : std::nullopt;
  if (last) TRY(tar.add(last->path, last->content));
  TRY(tar.add("loss.json", print_loss(loss)));
  TRY(tar.finish());
  return loss;
}

}  // namespace dataset::detail
