// How far people agree with what models proposed: of each model, version and label how many
// proposals were taken as they were, changed, or turned down, and how many nobody has looked at.
//
//   for (const auto& [what, fate] : TRY(agreement_with_models(*project))) ...
//
// Reads the annotations of all documents as main has them, one document in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "corpus/annotation.h"
#include "server/flow/services.h"

namespace server {

struct ProposalOrigin {
  std::string model;
  std::string version;
  std::string label;
  auto operator<=>(const ProposalOrigin&) const = default;
};
struct ProposalFate {
  uint64_t taken = 0;     // confirmed as it was proposed
  uint64_t changed = 0;   // confirmed with another label, place, text or words
  uint64_t rejected = 0;  // by a reviewer
  uint64_t open = 0;
  bool operator==(const ProposalFate&) const = default;
};
Result<std::map<ProposalOrigin, ProposalFate>> agreement_with_models(const OpenProject& project);

// What of a proposal people may change, in 16 digits. Kept with it under this key, so that it can
// be told later whether they have.
inline constexpr char kProposedKey[] = "x-proposed";
std::string proposed_digest(const corpus::Annotation& annotation);

}  // namespace server
