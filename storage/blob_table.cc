#include "storage/blob_table.h"

#include <set>

namespace storage {
namespace {

constexpr const char* kColumns = "b.md5, b.directory, b.sha256, b.size, b.media_type";
constexpr size_t kNamedMissing = 5;

BlobRecord record_of(const Row& row) {
  return {
      {row.hash<base::Md5>(0), row.flag(1)}, row.hash<base::Sha256>(2), row.size(3), row.text(4)};
}

base::Error not_there() {
  return base::Error{base::Code::not_found, "no such object"};
}

// The row's key; 0: there is none.
Result<int64_t> id_of(Transaction& tx, OrganisationId organisation, const BlobName& name) {
  const auto row = TRY(
      tx.query_first("SELECT id FROM blobs WHERE organisation_id = ? AND md5 = ? AND directory = ?",
                     {organisation, name.md5, name.directory}));
  return row ? row->integer(0) : int64_t{0};
}

// 0 unless the project sees it.
Result<int64_t> visible_id(Transaction& tx, ProjectId project, const BlobName& name) {
  const auto row = TRY(tx.query_first(
      "SELECT b.id FROM projects p JOIN blobs b ON b.organisation_id = p.organisation_id"
      " JOIN project_blobs v ON v.project_id = p.id AND v.blob_id = b.id"
      " WHERE p.id = ? AND b.md5 = ? AND b.directory = ?",
      {project, name.md5, name.directory}));
  return row ? row->integer(0) : int64_t{0};
}

Result<int64_t> known_or_new(Transaction& tx, OrganisationId organisation, const BlobRecord& blob) {
  const auto known = TRY(tx.query_first(
      "SELECT id, sha256, media_type FROM blobs WHERE organisation_id = ? AND md5 = ?"
      " AND directory = ?",
      {organisation, blob.name.md5, blob.name.directory}));
  if (!known) {
    // No RETURNING: SQLite then keeps a journal for the statement, and looks through all that the
    // transaction has changed so far.
    TRY(
        tx.execute("INSERT INTO blobs (organisation_id, md5, directory, sha256, size, media_type)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   {organisation, blob.name.md5, blob.name.directory, blob.sha256, blob.size,
                    blob.media_type}));
    return id_of(tx, organisation, blob.name);
  }
  if (known->hash<base::Sha256>(1) != blob.sha256) {
    return base::Error{base::Code::conflict, "another content with the MD5 " + blob.name.md5.hex() +
                                                 " is stored already"};
  }
  const std::string kind = known->text(2);
  const bool comes_in_advance = blob.media_type == BlobTable::kUntilPushed;
  const bool says_more = kind.empty() && !blob.media_type.empty() && !comes_in_advance;
  const bool is_claimed = kind == BlobTable::kUntilPushed && !comes_in_advance;
  if (says_more || is_claimed) {
    TRY(tx.execute("UPDATE blobs SET media_type = ? WHERE id = ?",
                   {blob.media_type, known->integer(0)}));
  }
  return known->integer(0);
}

Result<int64_t> record_one(Transaction& tx, const Project& project, const BlobRecord& blob) {
  const int64_t id = TRY(known_or_new(tx, project.organisation, blob));
  TRY(
      tx.execute("INSERT INTO project_blobs (project_id, blob_id) VALUES (?, ?)"
                 " ON CONFLICT DO NOTHING",
                 {project.id, id}));
  return id;
}

// "0f3a..., 77b1..., ..."
std::string some_of(std::span<const BlobName> names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamedMissing); ++i) {
    text += (i == 0 ? "" : ", ") + names[i].text();
  }
  return text + (names.size() > kNamedMissing ? ", ..." : "");
}

std::vector<BlobName> without_repeats(std::span<const BlobName> names) {
  std::vector<BlobName> once;
  std::set<BlobName> seen;
  for (const BlobName& name : names) {
    if (seen.insert(name).second) once.push_back(name);
  }
  return once;
}

Result<void> require_closure(std::span<const BlobName> missing) {
  if (missing.empty()) return {};
  return base::Error{base::Code::conflict, "the directory names " + std::to_string(missing.size()) +
                                               " objects that are not stored: " + some_of(missing)};
}

constexpr size_t kMostInRun = 1024;

// Children are kept in runs, so that a directory of which little has changed shares most of them
// with the one before. A name says whether a run ends behind it, one in 64 does: so what is put in
// or taken out changes the runs around it alone.
bool ends_run(const BlobName& child) {
  return child.md5.bytes.back() % 64 == 0;
}

using Names = std::span<const BlobName>;

std::vector<Names> runs_of(Names children) {
  std::vector<Names> runs;
  for (size_t start = 0, end = 0; end < children.size(); start = end) {
    do {
      ++end;
    } while (end < children.size() && end - start < kMostInRun && !ends_run(children[end - 1]));
    runs.push_back(children.subspan(start, end - start));
  }
  return runs;
}

base::Sha256 digest_of(Names run) {
  base::Hasher<base::Sha256> hasher;
  for (const BlobName& name : run) {
    hasher.update(base::ByteView(name.md5.bytes));
    hasher.update(std::string_view(name.directory ? "d" : "f"));
  }
  return hasher.finish();
}

// The directory objects of a project on their way into the table.
class Runs {
 public:
  Runs(Transaction& tx, const Project& project) : tx_(tx), project_(project) {}

  // The run's key; what of it the project does not see is added to `missing`, and then it is none.
  Result<int64_t> find_or_make(Names run, std::vector<BlobName>& missing) {
    const base::Sha256 digest = digest_of(run);
    const int64_t known = TRY(find(digest));
    if (known != 0 && TRY(is_seen(known))) return known;
    std::vector<int64_t> ids;
    std::vector<BlobName> absent;
    for (const BlobName& child : run) {
      ids.push_back(TRY(visible_id(tx_, project_.id, child)));
      if (ids.back() == 0) absent.push_back(child);
    }
    missing.insert(missing.end(), absent.begin(), absent.end());
    return known != 0 || !absent.empty() ? known : make(digest, ids);
  }

 private:
  Result<int64_t> find(const base::Sha256& digest) {
    const auto row =
        TRY(tx_.query_first("SELECT id FROM blob_runs WHERE organisation_id = ? AND digest = ?",
                            {project_.organisation, digest}));
    return row ? row->integer(0) : int64_t{0};
  }

  // A directory that the project sees has it, so all that it names is seen.
  Result<bool> is_seen(int64_t run) {
    return TRY(tx_.query_first("SELECT 1 FROM directory_runs d JOIN project_blobs v"
                               " ON v.project_id = ? AND v.blob_id = d.directory_id"
                               " WHERE d.run_id = ? LIMIT 1",
                               {project_.id, run}))
        .has_value();
  }

  Result<int64_t> make(const base::Sha256& digest, const std::vector<int64_t>& children) {
    TRY(tx_.execute("INSERT INTO blob_runs (organisation_id, digest) VALUES (?, ?)",
                    {project_.organisation, digest}));
    const int64_t run = TRY(find(digest));
    for (size_t i = 0; i < children.size(); ++i) {
      TRY(tx_.execute("INSERT INTO run_children (run_id, position, child_id) VALUES (?, ?, ?)",
                      {run, i, children[i]}));
    }
    return run;
  }

  Transaction& tx_;
  const Project& project_;
};

// Of a directory that is forgotten: what no other directory has goes.
Result<void> forget_runs(Transaction& tx, int64_t directory) {
  const Rows runs = TRY(
      tx.query("DELETE FROM directory_runs WHERE directory_id = ? RETURNING run_id", {directory}));
  for (const Row& run : runs) {
    const int64_t id = run.integer(0);
    if (TRY(tx.query_first("SELECT 1 FROM directory_runs WHERE run_id = ? LIMIT 1", {id}))) {
      continue;
    }
    TRY(tx.execute("DELETE FROM run_children WHERE run_id = ?", {id}));
    TRY(tx.execute("DELETE FROM blob_runs WHERE id = ?", {id}));
  }
  return {};
}

// A blob that a project sees, and one that a release of it points to as well.
const std::string kVisible =
    "SELECT " + std::string(kColumns) +
    " FROM projects p JOIN blobs b ON b.organisation_id = p.organisation_id"
    " JOIN project_blobs v ON v.project_id = p.id AND v.blob_id = b.id"
    " WHERE p.id = ? AND b.md5 = ? AND b.directory = ?";
const std::string kNotWithdrawn =
    kVisible +
    " AND NOT EXISTS (SELECT 1 FROM released_blobs r WHERE r.project_id = p.id"
    " AND r.blob_id = b.id AND r.withdrawn = 1)";
const std::string kReleased =
    kVisible +
    " AND (EXISTS (SELECT 1 FROM released_blobs r WHERE r.project_id = p.id AND r.blob_id = b.id"
    " AND r.withdrawn = 0) OR EXISTS (SELECT 1 FROM blob_children c JOIN released_blobs r"
    " ON r.project_id = p.id AND r.blob_id = c.directory_id AND r.withdrawn = 0"
    " WHERE c.child_id = b.id))";

// Kinds as may_be_leftover() says.
const std::string kLeftOver =
    "SELECT " + std::string(kColumns) +
    " FROM blobs b WHERE b.organisation_id = ? AND ((b.directory = 1 AND"
    " b.media_type = 'application/json') OR (b.directory = 0 AND"
    " b.media_type IN ('text/plain', 'application/jsonl', 'application/vnd.git-lfs')))"
    " AND NOT EXISTS (SELECT 1 FROM released_blobs r WHERE r.blob_id = b.id)"
    " AND NOT EXISTS (SELECT 1 FROM blob_children c JOIN released_blobs r"
    " ON r.blob_id = c.directory_id WHERE c.child_id = b.id)"
    // An uploaded text is no leftover.
    " AND NOT EXISTS (SELECT 1 FROM projects p JOIN documents d ON d.project_id = p.id"
    " WHERE p.organisation_id = b.organisation_id"
    " AND d.id = substr(lower(hex(b.sha256)), 1, 32))";

}  // namespace

Result<void> BlobTable::record(const Project& project, const BlobRecord& blob) {
  TRY(record_one(tx_, project, blob));
  return {};
}

Result<void> BlobTable::record_many(const Project& project, std::span<const BlobRecord> blobs) {
  for (const BlobRecord& blob : blobs) TRY(record_one(tx_, project, blob));
  return {};
}

Result<void> BlobTable::record_directory(const Project& project, const BlobRecord& directory,
                                         std::span<const BlobName> children) {
  Runs runs(tx_, project);
  std::vector<int64_t> ids;
  std::vector<BlobName> missing;
  for (const Names& run : runs_of(children)) ids.push_back(TRY(runs.find_or_make(run, missing)));
  TRY(require_closure(without_repeats(missing)));
  const int64_t id = TRY(record_one(tx_, project, directory));
  // The same bytes name the same children: once is enough.
  if (TRY(tx_.query_first("SELECT 1 FROM directory_runs WHERE directory_id = ?", {id}))) return {};
  for (size_t i = 0; i < ids.size(); ++i) {
    TRY(tx_.execute("INSERT INTO directory_runs (directory_id, position, run_id) VALUES (?, ?, ?)",
                    {id, i, ids[i]}));
  }
  return {};
}

Result<std::optional<BlobRecord>> BlobTable::find_in_organisation(OrganisationId organisation,
                                                                  const BlobName& name) {
  const auto row = TRY(tx_.query_first("SELECT " + std::string(kColumns) +
                                           " FROM blobs b WHERE b.organisation_id = ? AND b.md5 = ?"
                                           " AND b.directory = ?",
                                       {organisation, name.md5, name.directory}));
  if (!row) return std::optional<BlobRecord>();
  return std::optional<BlobRecord>(record_of(*row));
}

Result<std::vector<BlobRecord>> BlobTable::known_after(OrganisationId organisation,
                                                       const std::optional<BlobName>& after,
                                                       size_t limit) {
  const std::string begin =
      "SELECT " + std::string(kColumns) + " FROM blobs b WHERE b.organisation_id = ?";
  const std::string end = " ORDER BY b.md5, b.directory LIMIT ?";
  std::vector<BlobRecord> records;
  for (const Row& row : after ? TRY(tx_.query(begin + " AND (b.md5, b.directory) > (?, ?)" + end,
                                              {organisation, after->md5, after->directory, limit}))
                              : TRY(tx_.query(begin + end, {organisation, limit}))) {
    records.push_back(record_of(row));
  }
  return records;
}

Result<BlobRecord> BlobTable::find(ProjectId project, const BlobName& name) {
  const auto row = TRY(tx_.query_first(kVisible, {project, name.md5, name.directory}));
  if (!row) return not_there();
  return record_of(*row);
}

Result<std::optional<BlobRecord>> BlobTable::find_by_sha256(ProjectId project,
                                                            const base::Sha256& sha256) {
  const auto row = TRY(
      tx_.query_first("SELECT " + std::string(kColumns) +
                          " FROM projects p JOIN blobs b ON b.organisation_id = p.organisation_id"
                          " JOIN project_blobs v ON v.project_id = p.id AND v.blob_id = b.id"
                          " WHERE p.id = ? AND b.sha256 = ? ORDER BY b.directory LIMIT 1",
                      {project, sha256}));
  if (!row) return std::optional<BlobRecord>();
  return std::optional<BlobRecord>(record_of(*row));
}

Result<std::vector<BlobName>> BlobTable::missing(ProjectId project,
                                                 std::span<const BlobName> names) {
  std::vector<BlobName> absent;
  for (const BlobName& name : without_repeats(names)) {
    if (TRY(visible_id(tx_, project, name)) == 0) absent.push_back(name);
  }
  return absent;
}

Result<std::vector<BlobName>> BlobTable::children(ProjectId project, const BlobName& directory) {
  const int64_t id = TRY(visible_id(tx_, project, directory));
  if (id == 0) return not_there();
  std::vector<BlobName> names;
  for (const Row& row : TRY(tx_.query(
           "SELECT b.md5, b.directory FROM blob_children c JOIN blobs b ON b.id = c.child_id"
           " WHERE c.directory_id = ? ORDER BY c.run, c.position",
           {id}))) {
    names.push_back({row.hash<base::Md5>(0), row.flag(1)});
  }
  return names;
}

Result<void> BlobTable::release(ProjectId project, std::span<const BlobName> names,
                                Standing standing) {
  for (const BlobName& name : names) {
    const int64_t id = TRY(visible_id(tx_, project, name));
    if (id == 0) continue;
    TRY(
        tx_.execute("INSERT INTO released_blobs (project_id, blob_id, withdrawn) VALUES (?, ?, ?)"
                    " ON CONFLICT (project_id, blob_id)"
                    " DO UPDATE SET withdrawn = min(withdrawn, excluded.withdrawn)",
                    {project, id, standing == Standing::withdrawn}));
  }
  return {};
}

Result<bool> BlobTable::is_withdrawn(ProjectId project, const BlobName& name) {
  const int64_t id = TRY(visible_id(tx_, project, name));
  const auto found = TRY(tx_.query_first(
      "SELECT withdrawn FROM released_blobs WHERE project_id = ? AND blob_id = ?", {project, id}));
  return found && found->flag(0);
}

Result<bool> BlobTable::is_named_by_withdrawn(ProjectId project, const BlobName& name) {
  const int64_t id = TRY(visible_id(tx_, project, name));
  const auto found =
      TRY(tx_.query_first("SELECT 1 FROM blob_children c JOIN released_blobs r"
                          " ON r.project_id = ? AND r.blob_id = c.directory_id AND r.withdrawn = 1"
                          " WHERE c.child_id = ? LIMIT 1",
                          {project, id}));
  return found.has_value();
}

Result<BlobRecord> BlobTable::find_released(ProjectId project, const BlobName& name) {
  const auto row = TRY(tx_.query_first(kReleased, {project, name.md5, name.directory}));
  if (!row) return not_there();
  return record_of(*row);
}

Result<std::vector<BlobRecord>> BlobTable::find_all(ProjectId project,
                                                    std::span<const BlobName> names, Among among) {
  const std::string& wanted = among == Among::released ? kReleased : kNotWithdrawn;
  std::vector<BlobRecord> found;
  std::vector<BlobName> absent;
  found.reserve(names.size());
  for (const BlobName& name : names) {
    const auto row = TRY(tx_.query_first(wanted, {project, name.md5, name.directory}));
    if (row) {
      found.push_back(record_of(*row));
    } else {
      absent.push_back(name);
    }
  }
  if (absent.empty()) return found;
  return base::Error{base::Code::not_found,
                     std::to_string(absent.size()) + " objects are not there: " + some_of(absent)};
}

Result<void> BlobTable::clear_released(ProjectId project) {
  TRY(tx_.execute("DELETE FROM released_blobs WHERE project_id = ?", {project}));
  return {};
}

Result<void> BlobTable::withdraw(ProjectId project, const BlobName& name) {
  const int64_t id = TRY(visible_id(tx_, project, name));
  if (id == 0) return {};
  if (TRY(tx_.query_first("SELECT 1 FROM blob_children c JOIN project_blobs v"
                          " ON v.blob_id = c.directory_id AND v.project_id = ?"
                          " WHERE c.child_id = ? LIMIT 1",
                          {project, id}))) {
    return base::Error{base::Code::conflict, "a directory of the project still names the object"};
  }
  TRY(tx_.execute("DELETE FROM released_blobs WHERE project_id = ? AND blob_id = ?",
                  {project, id}));
  TRY(tx_.execute("DELETE FROM project_blobs WHERE project_id = ? AND blob_id = ?", {project, id}));
  return {};
}

Result<std::vector<BlobName>> BlobTable::unseen(OrganisationId organisation, size_t limit) {
  std::vector<BlobName> names;
  for (const Row& row :
       TRY(tx_.query("SELECT b.md5, b.directory FROM blobs b WHERE b.organisation_id = ?"
                     " AND NOT EXISTS (SELECT 1 FROM project_blobs v WHERE v.blob_id = b.id)"
                     " ORDER BY b.directory DESC, b.id LIMIT ?",
                     {organisation, limit}))) {
    names.push_back({row.hash<base::Md5>(0), row.flag(1)});
  }
  return names;
}

Result<void> BlobTable::forget(OrganisationId organisation, const BlobName& name) {
  const int64_t id = TRY(id_of(tx_, organisation, name));
  TRY(forget_runs(tx_, id));
  TRY(tx_.execute("DELETE FROM blobs WHERE id = ?", {id}));
  return {};
}

Result<std::vector<BlobRecord>> BlobTable::leftovers(OrganisationId organisation) {
  std::vector<BlobRecord> records;
  for (const Row& row :
       TRY(tx_.query(kLeftOver + " ORDER BY b.directory DESC, b.md5", {organisation}))) {
    records.push_back(record_of(row));
  }
  return records;
}

Result<bool> BlobTable::is_leftover(OrganisationId organisation, const BlobName& name) {
  return TRY(tx_.query_first(kLeftOver + " AND b.md5 = ? AND b.directory = ?",
                             {organisation, name.md5, name.directory}))
      .has_value();
}

bool BlobTable::may_be_leftover(const BlobRecord& blob) {
  if (blob.name.directory) return blob.media_type == "application/json";
  return blob.media_type == "text/plain" || blob.media_type == "application/jsonl" ||
         blob.media_type == kUntilPushed;
}

Result<void> BlobTable::keep(OrganisationId organisation, const BlobName& name) {
  TRY(tx_.execute(
      "UPDATE blobs SET media_type = '' WHERE organisation_id = ? AND md5 = ? AND directory = ?"
      " AND media_type = ?",
      {organisation, name.md5, name.directory, kUntilPushed}));
  return {};
}

Result<std::vector<BlobName>> BlobTable::directories_of(OrganisationId organisation,
                                                        const BlobName& name) {
  std::vector<BlobName> names;
  for (const Row& row : TRY(tx_.query(
           "SELECT d.md5, d.directory FROM blobs b JOIN blob_children c ON c.child_id = b.id"
           " JOIN blobs d ON d.id = c.directory_id"
           " WHERE b.organisation_id = ? AND b.md5 = ? AND b.directory = ?",
           {organisation, name.md5, name.directory}))) {
    names.push_back({row.hash<base::Md5>(0), row.flag(1)});
  }
  return names;
}

Result<uint64_t> BlobTable::total_size(ProjectId project) {
  return static_cast<uint64_t>(
      TRY(tx_.query_integer("SELECT coalesce(sum(b.size), 0) FROM project_blobs v"
                            " JOIN blobs b ON b.id = v.blob_id WHERE v.project_id = ?",
                            {project})));
}

}  // namespace storage
