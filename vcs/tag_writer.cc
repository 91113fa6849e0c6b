#include "vcs/tag_writer.h"

#include "vcs/object_check.h"
#include "vcs/pack_writer.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

Result<ObjectId> create_tag(Repository& repository, const Tag& tag, const StepObserver& observer) {
  const std::string ref = "refs/tags/" + tag.name;
  if (!is_valid_ref_name(ref)) return Error{Code::invalid, "not a name for a tag: " + tag.name};
  const auto held = repository.hold_objects();
  if (repository.refs().find(ref)) return Error{Code::conflict, "the tag exists: " + tag.name};
  const ObjectHeader target = TRY(repository.header(tag.target));
  if (target.kind != tag.target_kind)
    return Error{Code::invalid, "the tag's target is no such kind"};
  const std::string text = print_tag(tag);
  TRY(check_tag(text));
  PackWriter pack;
  const ObjectId id = pack.add(ObjectKind::tag, text);
  TRY(pack.write(repository, observer));
  report(observer, DurableStep::objects_durable);
  TRY(repository.refs().update(RefUpdate{ref, kNoObject, id}));
  report(observer, DurableStep::ref_moved);
  return id;
}

}  // namespace vcs
