#include "server/flow/export.h"

#include "server/flow/release.h"
#include "server/flow/withdraw.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class Export : public OneProject {};

TEST_F(Export, FailsWhereItsReleaseIsWithdrawnMeanwhile) {
  bring_in_as_read(upload("scan.png"));
  ReleaseRequest wanted;
  wanted.name = "claims";
  const storage::ReleaseRow release = TAKE(make_release(*services, actor, wanted)).row;
  ExportRequest request;
  request.format = dataset::find_export_format("webdataset");
  const ReleaseExport leaving(*services, TAKE(services->catalog->open(actor.project())), release,
                              request);
  bool is_withdrawn = false;
  const auto written = leaving.write([&](std::string_view) -> Result<void> {
    if (is_withdrawn) return {};
    is_withdrawn = true;  // the first bytes have come, the image has not
    return withdraw_release(*services, actor, release, "consent was taken back");
  });
  EXPECT_TRUE(is_withdrawn);
  EXPECT_EQ(test::code_of(written), base::Code::not_found);
}

}  // namespace
}  // namespace server
