// Many stored objects in one stream: a plain tar of files/md5/<2>/<30>, in the order in which they
// were asked for, without compression. Unpacked it is a DVC cache or remote; our own client checks
// each object as it comes. One request instead of thousands, at the price of 512 to 1,023 bytes an
// object.
//
//   TRY(write_object_archive(objects, read_object, sink));       // object_archive_size() bytes
//
//   ObjectArchiveReader reader(take_object);                     // at the other end
//   while (...) TRY(reader.feed(chunk));
//   TRY(reader.finish());
//
// Memory follows the largest chunk, not the objects. Pure but for the functions given; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "dataset/dvc_tree.h"

namespace dataset {

struct ArchivedObject {
  base::Md5 md5;
  DvcObjectKind kind = DvcObjectKind::file;
  uint64_t size = 0;
  bool operator==(const ArchivedObject&) const = default;
};

// Of the whole archive, its end included. Code::limit for an object of 8 GiB or more.
base::Result<uint64_t> object_archive_size(std::span<const ArchivedObject> objects);

using ArchiveSink = std::function<base::Result<void>(std::string_view chunk)>;
// Gives the content of one object, all `size` bytes of it, to the sink.
using ReadArchived = std::function<base::Result<void>(const ArchivedObject&, const ArchiveSink&)>;

base::Result<void> write_object_archive(std::span<const ArchivedObject> objects,
                                        const ReadArchived& read, const ArchiveSink& sink);

// Reads what write_object_archive wrote, from chunks of any size. Strict: anything else, and an
// archive that ends early, is Code::invalid.
class ObjectArchiveReader {
 public:
  // A piece of an object; `is_last` with the piece that completes it. An empty object is one empty
  // piece. What it returns stops the reading.
  using Take = std::function<base::Result<void>(const ArchivedObject& object,
                                                std::string_view piece, bool is_last)>;
  explicit ObjectArchiveReader(Take take) : take_(std::move(take)) {}

  base::Result<void> feed(std::string_view chunk);
  // The archive is over: everything has come.
  base::Result<void> finish() const;

 private:
  base::Result<void> begin(std::string_view header);

  Take take_;
  std::string header_;      // of the next object, as far as it has come
  ArchivedObject object_;   // the current one
  uint64_t missing_ = 0;    // of its content
  uint64_t padding_ = 0;    // behind it
  bool has_ended_ = false;  // the closing blocks have begun
};

}  // namespace dataset
