// Files of repositories in their parsed form, by git's name of their content: people come back to
// the page that they have just saved, and everybody to the same schema. What a name stands for
// never changes, so nothing here grows stale, and projects may share one.
//
//   const auto schema = TRY(parsed.get<corpus::Schema>(
//       entry.id, [&] { return snapshot.read_file(entry); }, corpus::parse_schema));
//
// The least recently used go first once the texts together exceed the budget. It is never asked who
// may see what: the caller has found the name in a revision that it may read.
// Safe from any thread; two that want the same file at once may both parse it.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>
#include <utility>

#include "base/result.h"
#include "vcs/object_id.h"

namespace server {

class ParsedFiles {
 public:
  // The bytes of text whose parsed forms are kept; these take several times as much.
  static constexpr size_t kBudget = size_t{8} << 20;
  explicit ParsedFiles(size_t budget = kBudget) : budget_(budget) {}

  // `read` gives the file's text, `parse` makes a T of it; errors of both are handed through.
  template <typename T, typename Read, typename Parse>
  base::Result<std::shared_ptr<const T>> get(const vcs::ObjectId& id, const Read& read,
                                             const Parse& parse) {
    const Key key{std::type_index(typeid(T)), id};
    if (auto known = find(key)) return std::static_pointer_cast<const T>(std::move(known));
    const std::string text = TRY(read());
    auto value = std::make_shared<const T>(TRY(parse(text)));
    keep(key, value, text.size());
    return std::shared_ptr<const T>(std::move(value));
  }

  // For what was just printed to a text of this size.
  template <typename T>
  void put(const vcs::ObjectId& id, T value, size_t size) {
    keep({std::type_index(typeid(T)), id}, std::make_shared<const T>(std::move(value)), size);
  }

 private:
  using Key = std::pair<std::type_index, vcs::ObjectId>;
  using Value = std::shared_ptr<const void>;
  struct Kept {
    Key key;
    Value value;
    size_t cost = 0;
  };

  Value find(const Key& key);
  void keep(const Key& key, Value value, size_t size);

  std::mutex mutex_;  // of all below
  const size_t budget_;
  size_t used_ = 0;
  std::list<Kept> recent_;  // most recently used first
  std::map<Key, std::list<Kept>::iterator> by_key_;
};

}  // namespace server
