#include "storage/page_sketch_table.h"

#include <algorithm>
#include <map>

#include "base/bytes.h"

namespace storage {
namespace {

constexpr size_t kKeySize = 8;

Blob packed(std::span<const uint64_t> keys) {
  Blob blob;
  for (const uint64_t key : keys) base::append_be64(blob.bytes, key);
  return blob;
}

std::vector<uint64_t> unpacked(const std::string& bytes) {
  std::vector<uint64_t> keys;
  for (size_t at = 0; at + kKeySize <= bytes.size(); at += kKeySize) {
    keys.push_back(base::load_be64(base::as_bytes(bytes).data() + at));
  }
  return keys;
}

NearPagesRow near_row(const Row& row) {
  return {corpus::DocumentId{row.text(0)},      static_cast<corpus::PageNumber>(row.integer(1)),
          corpus::DocumentId{row.text(2)},      static_cast<corpus::PageNumber>(row.integer(3)),
          static_cast<int32_t>(row.integer(4)), row.flag(5)};
}

Result<std::vector<NearPagesRow>> near_rows(Transaction& tx, std::string_view sql,
                                            const Values& parameters) {
  std::vector<NearPagesRow> rows;
  for (const Row& row : TRY(tx.query(sql, parameters))) rows.push_back(near_row(row));
  return rows;
}

}  // namespace

Result<int64_t> PageSketchTable::put(ProjectId project, const corpus::DocumentId& id,
                                     corpus::PageNumber page, const PageSketch& sketch) {
  const auto document = TRY(tx_.query_first(
      "SELECT number FROM documents WHERE project_id = ? AND id = ?", {project, id.hex}));
  if (!document) return base::Error{base::Code::not_found, "no such document"};
  const int64_t number = document->integer(0);
  const auto known =
      TRY(tx_.query_first("SELECT s.number, s.keys, d.project_id FROM page_sketches s"
                          " JOIN documents d ON d.number = s.document"
                          " WHERE s.document = ? AND s.page = ?",
                          {number, page}));
  if (known) TRY(remove_sketch(*known));
  TRY(tx_.execute("INSERT INTO page_sketches (document, page, sketch, keys) VALUES (?, ?, ?, ?)",
                  {number, page, Blob{sketch.bytes}, packed(sketch.keys)}));
  const int64_t made = TRY(tx_.query_integer(
      "SELECT number FROM page_sketches WHERE document = ? AND page = ?", {number, page}));
  for (const uint64_t key : sketch.keys) {
    TRY(
        tx_.execute("INSERT INTO sketch_keys (project_id, key, sketch) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    {project, key, made}));
  }
  return made;
}

Result<std::vector<SketchCandidate>> PageSketchTable::candidates(ProjectId project,
                                                                 const corpus::DocumentId& id,
                                                                 std::span<const uint64_t> keys) {
  std::map<int64_t, int64_t> shared;  // sketch -> keys
  for (const uint64_t key : keys) {
    for (const Row& row :
         TRY(tx_.query("SELECT sketch FROM sketch_keys WHERE project_id = ? AND key = ?"
                       " ORDER BY sketch DESC LIMIT ?",
                       {project, key, kMostOfAKey}))) {
      ++shared[row.integer(0)];
    }
  }
  std::vector<std::pair<int64_t, int64_t>> best;  // keys, sketch
  for (const auto& [sketch, count] : shared) best.emplace_back(count, sketch);
  const size_t most = std::min(best.size(), kMostCandidates);
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(most), best.end(),
                    std::greater<>());
  best.resize(most);
  std::vector<SketchCandidate> candidates;
  for (const auto& [count, sketch] : best) {
    const auto row =
        TRY(tx_.query_first("SELECT s.sketch FROM page_sketches s"
                            " JOIN documents d ON d.number = s.document"
                            " WHERE s.number = ? AND d.id <> ?",
                            {sketch, id.hex}));
    if (row) candidates.push_back({sketch, row->bytes(0)});
  }
  return candidates;
}

Result<void> PageSketchTable::add_near(const NearSketches& near) {
  TRY(tx_.execute(
      "INSERT OR REPLACE INTO near_pages (a, b, likeness, by_look)"
      " VALUES (?, ?, ?, ?)",
      {std::min(near.a, near.b), std::max(near.a, near.b), near.likeness, near.by_look}));
  return {};
}

Result<std::vector<NearPagesRow>> PageSketchTable::near(ProjectId project) {
  return near_rows(tx_,
                   "SELECT da.id, sa.page, db.id, sb.page, n.likeness, n.by_look FROM near_pages n"
                   " JOIN page_sketches sa ON sa.number = n.a"
                   " JOIN documents da ON da.number = sa.document"
                   " JOIN page_sketches sb ON sb.number = n.b"
                   " JOIN documents db ON db.number = sb.document"
                   " WHERE da.project_id = ? ORDER BY n.a, n.b",
                   {project});
}

Result<std::vector<NearPagesRow>> PageSketchTable::near_of(ProjectId project,
                                                           const corpus::DocumentId& id) {
  return near_rows(
      tx_,
      "SELECT da.id, sa.page, db.id, sb.page, n.likeness, n.by_look FROM documents da"
      " JOIN page_sketches sa ON sa.document = da.number"
      " JOIN (SELECT a AS mine, b AS other, likeness, by_look FROM near_pages"
      "       UNION ALL SELECT b, a, likeness, by_look FROM near_pages) n"
      "   ON n.mine = sa.number"
      " JOIN page_sketches sb ON sb.number = n.other"
      " JOIN documents db ON db.number = sb.document"
      " WHERE da.project_id = ? AND da.id = ? ORDER BY sa.page, n.likeness DESC, db.id",
      {project, id.hex});
}

Result<void> PageSketchTable::remove(int64_t document) {
  for (const Row& row : TRY(tx_.query("SELECT s.number, s.keys, d.project_id FROM page_sketches s"
                                      " JOIN documents d ON d.number = s.document"
                                      " WHERE s.document = ?",
                                      {document}))) {
    TRY(remove_sketch(row));
  }
  return {};
}

// A row of number, keys and project.
Result<void> PageSketchTable::remove_sketch(const Row& row) {
  const int64_t number = row.integer(0);
  TRY(tx_.execute("DELETE FROM near_pages WHERE a = ?", {number}));
  TRY(tx_.execute("DELETE FROM near_pages WHERE b = ?", {number}));
  for (const uint64_t key : unpacked(row.bytes(1))) {
    TRY(tx_.execute("DELETE FROM sketch_keys WHERE project_id = ? AND key = ? AND sketch = ?",
                    {row.integer(2), key, number}));
  }
  TRY(tx_.execute("DELETE FROM page_sketches WHERE number = ?", {number}));
  return {};
}

}  // namespace storage
