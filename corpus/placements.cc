#include <algorithm>

#include "base/text.h"
#include "corpus/detail/object_reader.h"
#include "corpus/splits.h"

namespace corpus {
namespace {

constexpr std::string_view kHeader = "document\tpart\tkind";

std::string_view name_of(PlacementKind kind) {
  return kind == PlacementKind::locked ? "locked" : "placed";
}

std::optional<PlacementKind> parse_kind(std::string_view name) {
  if (name == "locked") return PlacementKind::locked;
  if (name == "placed") return PlacementKind::placed;
  return std::nullopt;
}

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

base::Result<Placement> read_line(std::string_view line, std::string_view shard) {
  const auto fields = base::split(line, '\t');
  const auto fail = [&](size_t field, std::string what) {
    const auto before = static_cast<size_t>(fields[field].data() - line.data());
    return base::Error{
        base::Code::invalid, std::move(what), {1, static_cast<uint32_t>(before + 1)}};
  };
  if (fields.size() != 3) return fail(0, "expected three columns: document, part, kind");
  auto id = DocumentId::parse(fields[0]);
  if (!id.ok()) return fail(0, id.error().what);
  if (!fields[0].starts_with(shard)) {
    return fail(0,
                "the document belongs in the file " + std::string(fields[0].substr(0, 2)) + ".tsv");
  }
  if (!detail::is_name(fields[1])) return fail(1, "the part is not a name");
  const auto kind = parse_kind(fields[2]);
  if (!kind) return fail(2, "the kind is \"placed\" or \"locked\"");
  return Placement{std::move(id).value(), std::string(fields[1]), *kind};
}

void sort_placements(std::vector<Placement>& placements) {
  std::stable_sort(placements.begin(), placements.end(),
                   [](const Placement& a, const Placement& b) { return a.document < b.document; });
}

}  // namespace

std::vector<Placement> parse_placements(std::string_view text, std::string_view shard,
                                        Diagnostics& problems) {
  std::vector<Placement> out;
  uint32_t number = 0;
  for (const std::string_view raw : base::split(text, '\n')) {
    const std::string_view line = without_cr(raw);
    ++number;
    if (number == 1) {
      if (line != kHeader) problems.add({1, 1}, "the first line must be: document, part, kind");
      continue;
    }
    if (line.empty()) continue;
    if (out.size() == kMaxPlacementsPerFile) {
      problems.add({number, 1}, "too many documents in one file");
      break;
    }
    auto placement = read_line(line, shard);
    if (placement.ok()) {
      out.push_back(std::move(placement).value());
    } else {
      problems.add({number, placement.error().at.column}, placement.error().what);
    }
  }
  sort_placements(out);
  const auto twin = std::adjacent_find(
      out.begin(), out.end(),
      [](const Placement& a, const Placement& b) { return a.document == b.document; });
  if (twin != out.end()) problems.add({}, "the document " + twin->document.hex + " is there twice");
  return out;
}

base::Result<std::vector<Placement>> parse_placements(std::string_view text,
                                                      std::string_view shard) {
  Diagnostics problems;
  auto out = parse_placements(text, shard, problems);
  if (!problems.empty()) return first_error(problems);
  return out;
}

std::string print_placements(std::vector<Placement> placements) {
  sort_placements(placements);
  std::string out(kHeader);
  out += '\n';
  for (const Placement& placement : placements) {
    out += placement.document.hex + '\t' + placement.part + '\t';
    out += name_of(placement.kind);
    out += '\n';
  }
  return out;
}

}  // namespace corpus
