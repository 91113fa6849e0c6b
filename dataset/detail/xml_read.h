// Reading XML of other tools with pugixml, which reads no DTD and resolves no entity but XML's
// five. What is parsed is bounded in nodes and in depth, so that readers may recurse and a small
// file cannot fill the memory. Private to dataset/imports/.
#pragma once

#include <algorithm>
#include <pugixml.hpp>
#include <string_view>

#include "base/result.h"

namespace dataset::detail {

// Without its prefix: files differ in how they write namespaces.
inline std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

inline pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (local_name(child) == name) return child;
  }
  return {};
}

// Calls `visit` for each element below the node, in the order of the file.
template <typename Visit>
void for_each_element(pugi::xml_node node, const Visit& visit) {
  struct Walker : pugi::xml_tree_walker {
    explicit Walker(const Visit& v) : visit(v) {}
    bool for_each(pugi::xml_node& found) override {
      if (found.type() == pugi::node_element) visit(found);
      return true;
    }
    const Visit& visit;
  };
  Walker walker(visit);
  node.traverse(walker);
}

inline constexpr int kMostXmlDepth = 100;
// Begins of tags and of values: pugixml takes up to 64 bytes for each, whatever the file takes.
inline constexpr int64_t kMostXmlMarks = 4'000'000;

inline bool is_deeper_than(pugi::xml_node node, int most) {
  struct Walker : pugi::xml_tree_walker {
    explicit Walker(int limit) : most(limit) {}
    bool for_each(pugi::xml_node&) override { return depth() <= most; }
    const int most;
  };
  Walker walker(most);
  return !node.traverse(walker);
}

// limit: more nodes, or deeper ones, than any page has.
inline base::Result<void> load_xml(std::string_view file, pugi::xml_document& document) {
  const auto marks =
      std::count_if(file.begin(), file.end(), [](char c) { return c == '<' || c == '='; });
  if (marks > kMostXmlMarks) {
    return base::Error{base::Code::limit, "the file has too many elements and attributes"};
  }
  const pugi::xml_parse_result parsed = document.load_buffer(file.data(), file.size());
  if (!parsed) {
    return base::Error{base::Code::invalid,
                       std::string("the file is no well-formed XML: ") + parsed.description()};
  }
  if (is_deeper_than(document, kMostXmlDepth)) {
    return base::Error{base::Code::limit, "the file nests its elements too deeply"};
  }
  return {};
}

}  // namespace dataset::detail
