// What the server knows about stored bytes: their SHA-256, and which project may see them. Bytes
// are served because this table says so, never because a file in git names their hash.
//
//   BlobTable blobs(tx);
//   TRY(blobs.record(project, {name, hashes.sha256, hashes.size, "application/pdf"}));
//   const BlobRecord blob = TRY(blobs.find(project.id, name));    // not_found: none, or not yours
//
// A DVC directory object is accepted only when every child is visible to the project (closure), so
// that a client that finds it may trust it. A BlobTable is a view of one transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/account.h"
#include "storage/blob_store.h"
#include "storage/database.h"

namespace storage {

struct BlobRecord {
  BlobName name = {};
  base::Sha256 sha256 = {};
  uint64_t size = 0;
  std::string media_type = {};  // empty: unknown
  bool operator==(const BlobRecord&) const = default;
};

class BlobTable {
 public:
  explicit BlobTable(Transaction& tx) : tx_(tx) {}

  // Known to the project's organisation and visible to the project from now on. The name with
  // another SHA-256 is conflict. A known media type is kept, but for kUntilPushed.
  Result<void> record(const Project& project, const BlobRecord& blob);
  Result<void> record_many(const Project& project, std::span<const BlobRecord> blobs);
  // A directory object with its children's names. conflict, naming at most five, if children are
  // not visible to the project.
  Result<void> record_directory(const Project& project, const BlobRecord& directory,
                                std::span<const BlobName> children);

  // Of the whole organisation, for BlobWriter::publish; never to be told to a client.
  Result<std::optional<BlobRecord>> find_in_organisation(OrganisationId organisation,
                                                         const BlobName& name);
  // All of the organisation's in the order of their names, from the one behind `after` on: for
  // scrub.
  Result<std::vector<BlobRecord>> known_after(OrganisationId organisation,
                                              const std::optional<BlobName>& after, size_t limit);
  // not_found unless visible to the project.
  Result<BlobRecord> find(ProjectId project, const BlobName& name);
  Result<std::optional<BlobRecord>> find_by_sha256(ProjectId project, const base::Sha256& sha256);
  // Which of the names the project cannot see.
  Result<std::vector<BlobName>> missing(ProjectId project, std::span<const BlobName> names);
  Result<std::vector<BlobName>> children(ProjectId project, const BlobName& directory);

  // A release points to these: they and their children are released from now on, unless all that
  // point to them are withdrawn. Names that the project does not see are passed over.
  enum class Standing { stands, withdrawn };
  Result<void> release(ProjectId project, std::span<const BlobName> names,
                       Standing standing = Standing::stands);
  // not_found unless visible to the project and released by what stands.
  Result<BlobRecord> find_released(ProjectId project, const BlobName& name);
  // All that the project sees but what only withdrawn releases point to, or the released ones.
  enum class Among { visible, released };
  // The records of these names, in their order; not_found, naming at most five, if one is not
  // there.
  Result<std::vector<BlobRecord>> find_all(ProjectId project, std::span<const BlobName> names,
                                           Among among);
  // Whether only withdrawn releases point to it: itself, or what they point to names it.
  Result<bool> is_withdrawn(ProjectId project, const BlobName& name);
  Result<bool> is_named_by_withdrawn(ProjectId project, const BlobName& name);
  // Nothing is released any more: part of a rebuild.
  Result<void> clear_released(ProjectId project);

  // Takes the project's sight away. conflict while a visible directory names it.
  Result<void> withdraw(ProjectId project, const BlobName& name);
  // Blobs of the organisation that no project sees, at most `limit`: to be removed from the store,
  // then forgotten.
  Result<std::vector<BlobName>> unseen(OrganisationId organisation, size_t limit);
  Result<void> forget(OrganisationId organisation, const BlobName& name);

  // The media type of what was sent in advance of a push that is to name it (Git LFS). It ends when
  // somebody brings the same bytes in another way, or with keep().
  static constexpr std::string_view kUntilPushed = "application/vnd.git-lfs";
  // A push has named what was sent in advance: it is no leftover any more.
  Result<void> keep(OrganisationId organisation, const BlobName& name);

  // What may lie in the store for nobody, by its media type; nothing else is ever listed: texts,
  // manifests and directory objects that a release stored and no release of the organisation points
  // to, and what was sent in advance of a push. Whether git or a push needs one is not looked at
  // here. Directories come first.
  Result<std::vector<BlobRecord>> leftovers(OrganisationId organisation);
  // Whether this one is among them.
  Result<bool> is_leftover(OrganisationId organisation, const BlobName& name);
  // Whether it is of these kinds; no other is ever among them.
  static bool may_be_leftover(const BlobRecord& blob);
  // The directory objects that name it.
  Result<std::vector<BlobName>> directories_of(OrganisationId organisation, const BlobName& name);

  // Bytes visible to a project, for quota and reports.
  Result<uint64_t> total_size(ProjectId project);

 private:
  Transaction& tx_;
};

}  // namespace storage
