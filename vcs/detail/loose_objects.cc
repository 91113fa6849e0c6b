#include "vcs/detail/loose_objects.h"

#include <unistd.h>

#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "vcs/detail/zlib_stream.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMaxHead = 32;  // "commit 18446744073709551615" and its NUL

struct Head {
  ObjectHeader header;
  std::string begun;  // the content's first bytes, read along with the head
};

Error damaged(const ObjectId& id) {
  return Error{Code::internal, "loose object " + id.hex() + " is damaged"};
}

// "blob 12\0", then the content.
Result<Head> read_head(Inflater& inflater, const ObjectId& id) {
  char buffer[kMaxHead];
  auto got = inflater.read(buffer, sizeof(buffer));
  if (!got.ok()) return damaged(id);
  const std::string_view text(buffer, *got);
  const size_t nul = text.find('\0');
  const size_t space = text.substr(0, nul).find(' ');
  if (nul == std::string_view::npos || space == std::string_view::npos) return damaged(id);
  const auto kind = kind_named(text.substr(0, space));
  const auto size = base::parse_integer(text.substr(space + 1, nul - space - 1));
  if (!kind || !size || *size < 0) return damaged(id);
  return Head{{*kind, static_cast<uint64_t>(*size)}, std::string(text.substr(nul + 1))};
}

// As text: each new object is looked for, and a path would be taken apart each time.
std::string name_of_file(const std::string& directory, const ObjectId& id) {
  const std::string hex = id.hex();
  std::string name = directory;
  name += '/';
  name.append(hex, 0, 2);
  name += '/';
  name.append(hex, 2);
  return name;
}

}  // namespace

base::Path LooseObjects::path_of(const ObjectId& id) const {
  return name_of_file(directory_.native(), id);
}

bool LooseObjects::contains(const ObjectId& id) const {
  return ::access(name_of_file(directory_.native(), id).c_str(), F_OK) == 0;
}

Result<Object> LooseObjects::read(const ObjectId& id, uint64_t limit) const {
  const base::MappedFile file = TRY(base::MappedFile::open(path_of(id)));
  Inflater inflater(base::as_text(file.bytes()));
  Head head = TRY(read_head(inflater, id));
  const uint64_t size = head.header.size;
  if (size > limit) return Error{Code::limit, "object " + id.hex() + " is too large"};
  if (head.begun.size() > size) return damaged(id);
  Object object{head.header.kind, std::move(head.begun)};
  const size_t begun = object.content.size();
  object.content.resize(size);
  const auto got = inflater.read(object.content.data() + begun, size - begun);
  char beyond;
  if (!got.ok() || *got != size - begun || inflater.read(&beyond, 1).value_or(1) != 0) {
    return damaged(id);
  }
  return object;
}

Result<ObjectHeader> LooseObjects::header(const ObjectId& id) const {
  const base::MappedFile file = TRY(base::MappedFile::open(path_of(id)));
  Inflater inflater(base::as_text(file.bytes()));
  return TRY(read_head(inflater, id)).header;
}

}  // namespace vcs
