#include "storage/value.h"

#include <algorithm>

namespace storage {
namespace {

template <typename T>
const T& or_empty(const T* value, const Value& column) {
  static const T empty = {};
  if (value != nullptr) return *value;
  if (!column.is_null()) {
    base::stop_on_bug(base::Error{base::Code::internal, "a column holds another kind of value"});
  }
  return empty;
}

}  // namespace

int64_t Row::integer(size_t column) const {
  return or_empty(values_.at(column).as_integer(), values_.at(column));
}

const std::string& Row::text(size_t column) const {
  return or_empty(values_.at(column).as_text(), values_.at(column));
}

const std::string& Row::bytes(size_t column) const {
  return or_empty(values_.at(column).as_blob(), values_.at(column)).bytes;
}

void Row::copy_hash(size_t column, uint8_t* out, size_t size) const {
  const std::string& raw = bytes(column);
  if (raw.size() != size) {
    base::stop_on_bug(base::Error{base::Code::internal, "a hash column has the wrong length"});
  }
  std::copy(raw.begin(), raw.end(), out);
}

}  // namespace storage
