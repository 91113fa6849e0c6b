// The labels of a schema by number: labels, then tables, in the schema's order; stable for one
// version of it. Private to dataset/.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/schema.h"

namespace dataset::detail {

struct Category {
  std::string name;
  bool is_table = false;
};

class Categories {
 public:
  explicit Categories(const corpus::Schema& schema) {
    for (const corpus::LabelSpec& label : schema.labels) add({label.name, false});
    for (const corpus::TableSpec& table : schema.tables) add({table.name, true});
  }

  const std::vector<Category>& list() const { return list_; }
  // From 0; nothing for a label that the schema does not have.
  std::optional<size_t> of(const corpus::Annotation& annotation) const {
    const bool is_table = annotation.type == corpus::AnnotationType::table;
    const auto found = places_.find({is_table, annotation.label});
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }

 private:
  void add(Category category) {
    if (!places_.try_emplace({category.is_table, category.name}, list_.size()).second) return;
    list_.push_back(std::move(category));
  }

  std::vector<Category> list_;
  std::map<std::pair<bool, std::string>, size_t> places_;
};

}  // namespace dataset::detail
