#include "storage/read_page_table.h"

namespace storage {
namespace {

ReadPage page_of(const Row& row) {
  return {static_cast<corpus::PageNumber>(row.integer(0)), row.text(1), row.text(2), row.text(3)};
}

}  // namespace

Result<void> ReadPageTable::add(ProjectId project, const corpus::DocumentId& document,
                                std::span<const ReadPage> pages) {
  for (const ReadPage& page : pages) {
    TRY(
        tx_.execute("INSERT OR REPLACE INTO read_pages"
                    " (project_id, document_id, page, pipeline, entry, words)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    {project, document.hex, page.number, page.pipeline, page.entry, page.words}));
  }
  return {};
}

Result<std::vector<ReadPage>> ReadPageTable::list(ProjectId project,
                                                  const corpus::DocumentId& document) {
  std::vector<ReadPage> pages;
  for (const Row& row : TRY(tx_.query("SELECT page, pipeline, entry, words FROM read_pages"
                                      " WHERE project_id = ? AND document_id = ? ORDER BY page",
                                      {project, document.hex}))) {
    pages.push_back(page_of(row));
  }
  return pages;
}

Result<std::vector<std::string>> ReadPageTable::entries(ProjectId project,
                                                        const corpus::DocumentId& document) {
  std::vector<std::string> entries;
  for (const Row& row : TRY(tx_.query("SELECT entry FROM read_pages"
                                      " WHERE project_id = ? AND document_id = ? ORDER BY page",
                                      {project, document.hex}))) {
    entries.push_back(row.text(0));
  }
  return entries;
}

Result<std::optional<ReadPage>> ReadPageTable::find(ProjectId project,
                                                    const corpus::DocumentId& document,
                                                    corpus::PageNumber number) {
  const auto row =
      TRY(tx_.query_first("SELECT page, pipeline, entry, words FROM read_pages"
                          " WHERE project_id = ? AND document_id = ? AND page = ?",
                          {project, document.hex, number}));
  return row ? std::optional(page_of(*row)) : std::nullopt;
}

Result<void> ReadPageTable::remove(ProjectId project, const corpus::DocumentId& document) {
  TRY(tx_.execute("DELETE FROM read_pages WHERE project_id = ? AND document_id = ?",
                  {project, document.hex}));
  return {};
}

Result<int64_t> ReadPageTable::remove_left_over() {
  return tx_.execute(
      "DELETE FROM read_pages WHERE NOT EXISTS (SELECT 1 FROM documents d"
      " WHERE d.project_id = read_pages.project_id AND d.id = read_pages.document_id"
      " AND d.git_commit = '' AND d.state IN ('queued', 'processing'))",
      {});
}

Result<std::optional<PageCacheTable::Entry>> PageCacheTable::find(ProjectId project,
                                                                  const base::Sha256& digest) {
  const auto row =
      TRY(tx_.query_first("SELECT entry, words FROM page_cache WHERE project_id = ? AND digest = ?",
                          {project, digest}));
  return row ? std::optional(Entry{digest, row->text(0), row->text(1)}) : std::nullopt;
}

Result<void> PageCacheTable::keep(ProjectId project, std::span<const Entry> entries,
                                  base::Milliseconds now) {
  for (const Entry& entry : entries) {
    TRY(
        tx_.execute("INSERT INTO page_cache (project_id, digest, entry, words, used_at)"
                    " VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (project_id, digest) DO UPDATE SET used_at = excluded.used_at",
                    {project, entry.digest, entry.entry, entry.words, now}));
  }
  return {};
}

Result<int64_t> PageCacheTable::shrink(int64_t most) {
  return tx_.execute(
      "DELETE FROM page_cache WHERE used_at <="
      " (SELECT used_at FROM page_cache ORDER BY used_at DESC LIMIT 1 OFFSET ?)",
      {most});
}

}  // namespace storage
