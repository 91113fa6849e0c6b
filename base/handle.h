// Unique ownership of an object of a C library:
//
//   using CommitHandle = base::Handle<git_commit, git_commit_free>;
//   CommitHandle commit;
//   if (git_commit_lookup(commit.out(), repo, &oid) != 0) return git_error(...);
//   use(commit.get());
//
// Lives in module/detail/ only: no foreign type reaches a public header.
#pragma once

#include <utility>

namespace base {

template <typename T, auto Free>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T* object) : object_(object) {}
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) reset(std::exchange(other.object_, nullptr));
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

  // The address that a C constructor fills; frees what was held before.
  T** out() {
    reset();
    return &object_;
  }
  void reset(T* object = nullptr) {
    if (object_ != nullptr) (void)Free(object_);
    object_ = object;
  }
  T* release() { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

}  // namespace base
