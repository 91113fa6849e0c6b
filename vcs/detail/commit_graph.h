// Git's commit-graph file (gitformat-commit-graph, version 1): tree, parents, generation and date
// of every commit that a ref reaches, so that who walks history need not inflate commits. Stock git
// uses it for log and merge-base; ours for its own next edition.
//
//   const auto graph = TRY(CommitGraph::open(commit_graph_path(repository.path())));
//   if (const auto position = graph.find(id)) use(TRY(graph.at(*position)));
//
// Immutable, safe from many threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

struct GraphCommit {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  uint64_t time = 0;  // the committer's, in seconds; at most kMaxGraphTime
  bool operator==(const GraphCommit&) const = default;
};
inline constexpr uint64_t kMaxGraphTime = (uint64_t{1} << 34) - 1;

class CommitGraph {
 public:
  // Checks magic, sizes, fan-out and checksum; Code::not_found if there is no file, Code::internal
  // if it is damaged or has what we do not write.
  static base::Result<CommitGraph> open(const base::Path& file);

  uint32_t count() const { return count_; }
  std::optional<uint32_t> find(const ObjectId& id) const;
  // Code::internal if a parent's position is beyond the file.
  base::Result<GraphCommit> at(uint32_t position) const;
  ObjectId id_at(uint32_t position) const;

 private:
  base::Result<void> read_chunks();
  base::Result<void> append_parent(uint32_t position, std::vector<ObjectId>& parents) const;
  base::Result<void> append_edges(uint32_t edge, std::vector<ObjectId>& parents) const;

  base::MappedFile file_;
  uint32_t count_ = 0;
  size_t fan_out_ = 0;  // where the chunks begin; 0: there is none
  size_t ids_ = 0;
  size_t data_ = 0;
  size_t edges_ = 0;
  size_t edge_count_ = 0;
};

base::Path commit_graph_path(const base::Path& repository);

// The file's bytes. Every parent must be among the commits, each of which comes once.
std::string print_commit_graph(std::vector<GraphCommit> commits);

}  // namespace vcs
