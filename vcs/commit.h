// Commits and annotated tags as values; text form as git's gitformat (cat-file -p) shows it.
//
//   const Commit commit = TRY(read_commit(repository, id));
//   const std::string text = print_commit({.tree = tree, .parents = {id}, .author = who, ...});
//
// Plain values, safe from any thread. Parsing takes what git itself takes; header fields that are
// not named here (encoding, gpgsig, mergetag) are skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

struct Signature {
  std::string name;
  std::string email;
  int64_t time = 0;        // seconds since 1970 UTC
  int offset_minutes = 0;  // of the time zone: +0130 is 90
  bool operator==(const Signature&) const = default;
};

struct Commit {
  ObjectId tree;
  std::vector<ObjectId> parents;
  Signature author;
  Signature committer;
  std::string message;
  bool operator==(const Commit&) const = default;
};

struct Tag {
  ObjectId target;
  ObjectKind target_kind = ObjectKind::commit;
  std::string name;
  Signature tagger;  // empty if the tag names none
  std::string message;
  bool operator==(const Tag&) const = default;
};

// "Ada Lovelace <ada@example.com> 1700000000 +0000"
base::Result<Signature> parse_signature(std::string_view text);
std::string print_signature(const Signature& signature);

base::Result<Commit> parse_commit(std::string_view text);
std::string print_commit(const Commit& commit);
base::Result<Commit> read_commit(const ObjectReader& objects, const ObjectId& id);

base::Result<Tag> parse_tag(std::string_view text);
std::string print_tag(const Tag& tag);

// Follows tags to what they name at last; an object that is no tag is its own answer.
base::Result<ObjectId> peel(const ObjectReader& objects, ObjectId id);

}  // namespace vcs
