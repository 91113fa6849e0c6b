// WebDataset (https://github.com/webdataset/webdataset): a tar in which the files of one sample
// stand beside each other: <id>-0001.json and <id>-0001.png for each page. A release leaves as many
// shards of this form, or as one. `datasets` wants the same endings in every sample and readers
// look at the content, so a JPEG is called png too; image_media_type in the JSON says what it is.
#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/objects_json.h"
#include "dataset/detail/tar_writer.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;

Json sample_json(const ChosenPage& page, LossReport& loss) {
  const PageView& view = page.view;
  Json json = Json::object({{"document", view.document.document.id.hex},
                            {"page", view.number},
                            {"split", view.document.split},
                            {"image_sha256", view.page().image.sha256.hex()},
                            {"image_media_type", view.page().image.media_type}});
  add_page_columns(json, page, loss);
  return json;
}

// Every file here is a sample, so the report is not in the archive.
Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  LossReport loss;
  TarWriter tar(out);
  TRY(for_each_imaged_page(
      input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
        const Json json = sample_json(ChosenPage(input.options, view, loss), loss);
        const std::string stem = page_stem(view);
        TRY(tar.add(stem + ".json", json.print()));
        if (!input.options.images) return {};
        return tar.add(stem + ".png", view.page().image);
      }));
  TRY(tar.finish());
  return loss;
}

}  // namespace

const ExportFormat kWebDataset = {
    .name = "webdataset",
    .ending = "webdataset.tar",
    .media_type = "application/x-tar",
    .summary = "WebDataset samples: page image and JSON side by side in a tar",
    .write = write,
};

}  // namespace dataset::detail
