#include "vcs/detail/commit_graph.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/digest.h"

namespace vcs {

using base::Code;
using base::Error;
using base::load_be32;
using base::load_be64;
using base::Result;

namespace {

constexpr uint32_t kSignature = 0x43475048;  // "CGPH"
constexpr uint32_t kVersions = 0x01010000;   // version 1, SHA-1; then chunks and base graphs
constexpr uint32_t kFanOutChunk = 0x4f494446;
constexpr uint32_t kIdsChunk = 0x4f49444c;
constexpr uint32_t kDataChunk = 0x43444154;
constexpr uint32_t kEdgesChunk = 0x45444745;

constexpr size_t kHeader = 8;
constexpr size_t kTableRow = 12;
constexpr size_t kFanOut = 256 * 4;
constexpr size_t kDataRow = ObjectId::kSize + 16;
constexpr uint32_t kNoParent = 0x70000000;
constexpr uint32_t kManyParents = 0x80000000;  // the rest is a place in the edges chunk
constexpr uint32_t kLastEdge = 0x80000000;
constexpr uint32_t kMaxGeneration = 0x3fffffff;

Error damaged() {
  return Error{Code::internal, "the commit-graph is damaged"};
}

}  // namespace

// --- reading

Result<CommitGraph> CommitGraph::open(const base::Path& file) {
  CommitGraph graph;
  graph.file_ = TRY(base::MappedFile::open(file));
  const base::ByteView bytes = graph.file_.bytes();
  if (bytes.size() < kHeader + kTableRow + base::Sha1::kSize) return damaged();
  const size_t end = bytes.size() - base::Sha1::kSize;
  const base::Sha1 own = base::sha1_of(base::as_text(bytes.first(end)));
  if (std::memcmp(own.bytes.data(), bytes.data() + end, base::Sha1::kSize) != 0) return damaged();
  const uint32_t versions = load_be32(bytes.data() + 4);
  if (load_be32(bytes.data()) != kSignature || (versions & 0xffff00ff) != kVersions) {
    return damaged();
  }
  TRY(graph.read_chunks());
  return graph;
}

Result<void> CommitGraph::read_chunks() {
  const base::ByteView bytes = file_.bytes();
  const size_t end = bytes.size() - base::Sha1::kSize;
  const size_t chunks = bytes[6];
  if (kHeader + (chunks + 1) * kTableRow > end) return damaged();
  for (size_t i = 0; i < chunks; ++i) {
    const uint8_t* row = bytes.data() + kHeader + i * kTableRow;
    const uint64_t begin = load_be64(row + 4);
    const uint64_t next = load_be64(row + kTableRow + 4);
    if (begin > next || next > end) return damaged();
    const uint32_t name = load_be32(row);
    if (name == kFanOutChunk && next - begin == kFanOut) fan_out_ = begin;
    if (name == kIdsChunk) {
      ids_ = begin;
      count_ = static_cast<uint32_t>((next - begin) / ObjectId::kSize);
    }
    if (name == kDataChunk) data_ = begin;
    if (name == kEdgesChunk) {
      edges_ = begin;
      edge_count_ = (next - begin) / 4;
    }
  }
  if (fan_out_ == 0 || ids_ == 0 || data_ == 0 || data_ + size_t{count_} * kDataRow > end ||
      load_be32(bytes.data() + fan_out_ + kFanOut - 4) != count_) {
    return damaged();
  }
  return {};
}

ObjectId CommitGraph::id_at(uint32_t position) const {
  ObjectId id;
  std::copy_n(file_.bytes().data() + ids_ + size_t{position} * ObjectId::kSize, ObjectId::kSize,
              id.bytes.begin());
  return id;
}

std::optional<uint32_t> CommitGraph::find(const ObjectId& id) const {
  const uint8_t* fan_out = file_.bytes().data() + fan_out_;
  const uint8_t first = id.bytes[0];
  uint32_t low = first == 0 ? 0 : load_be32(fan_out + (first - 1) * 4);
  uint32_t high = std::min(count_, load_be32(fan_out + first * 4));
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const ObjectId there = id_at(middle);
    if (there == id) return middle;
    if (id < there) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return std::nullopt;
}

Result<void> CommitGraph::append_parent(uint32_t position, std::vector<ObjectId>& parents) const {
  if (position >= count_) return damaged();
  parents.push_back(id_at(position));
  return {};
}

Result<void> CommitGraph::append_edges(uint32_t edge, std::vector<ObjectId>& parents) const {
  for (;; ++edge) {
    if (edge >= edge_count_) return damaged();
    const uint32_t value = load_be32(file_.bytes().data() + edges_ + size_t{edge} * 4);
    TRY(append_parent(value & ~kLastEdge, parents));
    if ((value & kLastEdge) != 0) return {};
  }
}

Result<GraphCommit> CommitGraph::at(uint32_t position) const {
  const uint8_t* row = file_.bytes().data() + data_ + size_t{position} * kDataRow;
  GraphCommit commit;
  commit.id = id_at(position);
  std::copy_n(row, ObjectId::kSize, commit.tree.bytes.begin());
  const uint32_t first = load_be32(row + 20);
  const uint32_t second = load_be32(row + 24);
  if (first != kNoParent) TRY(append_parent(first, commit.parents));
  if ((second & kManyParents) != 0) {
    TRY(append_edges(second & ~kManyParents, commit.parents));
  } else if (second != kNoParent) {
    TRY(append_parent(second, commit.parents));
  }
  commit.time = uint64_t{load_be32(row + 28) & 3u} << 32 | load_be32(row + 32);
  return commit;
}

// --- writing

namespace {

class GraphPrinter {
 public:
  explicit GraphPrinter(std::vector<GraphCommit> commits) : commits_(std::move(commits)) {
    std::sort(commits_.begin(), commits_.end(),
              [](const GraphCommit& a, const GraphCommit& b) { return a.id < b.id; });
    generations_.resize(commits_.size(), 0);
    for (uint32_t i = 0; i < commits_.size(); ++i) find_generation(i);
  }

  std::string print() {
    const std::string data = print_data();
    std::vector<std::pair<uint32_t, std::string>> ordered;
    ordered.emplace_back(kFanOutChunk, print_fan_out());
    ordered.emplace_back(kIdsChunk, print_ids());
    ordered.emplace_back(kDataChunk, data);
    if (!edges_.empty()) ordered.emplace_back(kEdgesChunk, edges_);
    return assemble(ordered);
  }

 private:
  uint32_t position_of(const ObjectId& id) const {
    const auto found = std::lower_bound(
        commits_.begin(), commits_.end(), id,
        [](const GraphCommit& a, const ObjectId& wanted) { return a.id < wanted; });
    return static_cast<uint32_t>(found - commits_.begin());
  }

  // One more than the greatest of the parents; with a stack of its own, since histories are long.
  void find_generation(uint32_t start) {
    std::vector<uint32_t> stack{start};
    while (!stack.empty()) {
      const uint32_t at = stack.back();
      uint32_t generation = 1;
      bool is_ready = true;
      if (generations_[at] == 0) {
        for (const ObjectId& parent : commits_[at].parents) {
          const uint32_t position = position_of(parent);
          if (generations_[position] == 0) {
            stack.push_back(position);
            is_ready = false;
          }
          generation = std::max(generation, std::min(generations_[position] + 1, kMaxGeneration));
        }
      }
      if (!is_ready) continue;
      if (generations_[at] == 0) generations_[at] = generation;
      stack.pop_back();
    }
  }

  std::string print_fan_out() const {
    std::string out;
    uint32_t count = 0;
    for (int first_byte = 0; first_byte < 256; ++first_byte) {
      while (count < commits_.size() && commits_[count].id.bytes[0] == first_byte) ++count;
      base::append_be32(out, count);
    }
    return out;
  }

  std::string print_ids() const {
    std::string out;
    for (const GraphCommit& commit : commits_) out += base::as_text(commit.id.bytes);
    return out;
  }

  std::string print_data() {
    std::string out;
    for (uint32_t i = 0; i < commits_.size(); ++i) {
      const GraphCommit& commit = commits_[i];
      out += base::as_text(commit.tree.bytes);
      const auto& parents = commit.parents;
      base::append_be32(out, parents.empty() ? kNoParent : position_of(parents[0]));
      base::append_be32(out, second_parent(parents));
      base::append_be32(out, generations_[i] << 2 | static_cast<uint32_t>(commit.time >> 32));
      base::append_be32(out, static_cast<uint32_t>(commit.time));
    }
    return out;
  }

  uint32_t second_parent(const std::vector<ObjectId>& parents) {
    if (parents.size() < 2) return kNoParent;
    if (parents.size() == 2) return position_of(parents[1]);
    const auto edge = static_cast<uint32_t>(edges_.size() / 4);
    for (size_t i = 1; i < parents.size(); ++i) {
      base::append_be32(edges_,
                        position_of(parents[i]) | (i + 1 == parents.size() ? kLastEdge : 0));
    }
    return kManyParents | edge;
  }

  static std::string assemble(const std::vector<std::pair<uint32_t, std::string>>& chunks) {
    std::string out;
    base::append_be32(out, kSignature);
    base::append_be32(out, kVersions | static_cast<uint32_t>(chunks.size()) << 8);
    uint64_t place = kHeader + (chunks.size() + 1) * kTableRow;
    for (const auto& [name, content] : chunks) {
      base::append_be32(out, name);
      base::append_be64(out, place);
      place += content.size();
    }
    base::append_be32(out, 0);
    base::append_be64(out, place);
    for (const auto& [name, content] : chunks) out += content;
    const base::Sha1 own = base::sha1_of(out);
    return out + std::string(base::as_text(own.bytes));
  }

  std::vector<GraphCommit> commits_;
  std::vector<uint32_t> generations_;  // 0: not known yet
  std::string edges_;
};

}  // namespace

base::Path commit_graph_path(const base::Path& repository) {
  return repository / "objects" / "info" / "commit-graph";
}

std::string print_commit_graph(std::vector<GraphCommit> commits) {
  return GraphPrinter(std::move(commits)).print();
}

}  // namespace vcs
