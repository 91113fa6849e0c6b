// What a database column holds, and the rows of an answer. Plain values.
//
//   for (const Row& row : TRY(tx.query("SELECT id, name FROM users WHERE disabled = ?", {0}))) {
//     use(row.integer(0), row.text(1));
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "storage/ids.h"

namespace storage {

// Bytes, where a string would be text.
struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

class Value {
  using Data = std::variant<std::monostate, int64_t, std::string, Blob>;

 public:
  Value() = default;                                             // null
  Value(std::nullptr_t) {}                                       // NOLINT: implicit
  Value(bool value) : data_(int64_t{value}) {}                   // NOLINT: implicit
  Value(int value) : data_(int64_t{value}) {}                    // NOLINT: implicit
  Value(unsigned value) : data_(int64_t{value}) {}               // NOLINT: implicit
  Value(int64_t value) : data_(value) {}                         // NOLINT: implicit
  Value(uint64_t value) : data_(static_cast<int64_t>(value)) {}  // NOLINT: implicit
  Value(const char* value) : data_(std::string(value)) {}        // NOLINT: implicit
  Value(std::string value) : data_(std::move(value)) {}          // NOLINT: implicit
  Value(std::string_view value) : data_(std::string(value)) {}   // NOLINT: implicit
  Value(Blob value) : data_(std::move(value)) {}                 // NOLINT: implicit
  template <typename Tag>
  Value(RowId<Tag> id) : data_(id ? Data(id.value) : Data()) {}  // NOLINT: implicit; none is null
  template <size_t Size, typename Tag>
  Value(const base::HashValue<Size, Tag>& hash)  // NOLINT: implicit
      : data_(Blob{std::string(base::as_text(hash.bytes))}) {}
  template <typename T>
  Value(const std::optional<T>& value)  // NOLINT: implicit
      : data_(value ? std::move(Value(*value).data_) : Data()) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const int64_t* as_integer() const { return std::get_if<int64_t>(&data_); }
  const std::string* as_text() const { return std::get_if<std::string>(&data_); }
  const Blob* as_blob() const { return std::get_if<Blob>(&data_); }

  bool operator==(const Value&) const = default;

 private:
  Data data_;
};

using Values = std::vector<Value>;

// The accessors take a column counted from 0. A null reads as 0 or empty; any other kind than the
// asked one is a bug in the statement and stops the program (tables are STRICT).
class Row {
 public:
  explicit Row(Values values) : values_(std::move(values)) {}

  bool is_null(size_t column) const { return values_.at(column).is_null(); }
  int64_t integer(size_t column) const;
  uint64_t size(size_t column) const { return static_cast<uint64_t>(integer(column)); }
  bool flag(size_t column) const { return integer(column) != 0; }
  const std::string& text(size_t column) const;
  const std::string& bytes(size_t column) const;
  template <typename Hash>
  Hash hash(size_t column) const {
    Hash out;
    copy_hash(column, out.bytes.data(), Hash::kSize);
    return out;
  }
  template <typename Id>
  Id id(size_t column) const {
    return Id{integer(column)};
  }
  const Values& values() const { return values_; }

 private:
  void copy_hash(size_t column, uint8_t* out, size_t size) const;
  Values values_;
};

using Rows = std::vector<Row>;

}  // namespace storage
