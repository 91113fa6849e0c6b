// A library for LD_PRELOAD that stands between a program and its disk. It writes down, in the order
// in which they took effect, all changes that the program makes to one directory and all below it,
// and when each sync began and ended; crash_disk.py rebuilds from that what a power loss may leave.
// It can also let syncs and writes fail, as a broken or a full disk does.
//
//   LD_PRELOAD=libio_recorder.so IO_RECORDER_ROOT=/data IO_RECORDER_LOG=/tmp/io.log program ...
//   LD_PRELOAD=libio_recorder.so IO_RECORDER_ROOT=/data IO_RECORDER_FAULTS=/tmp/faults program ...
//
// The file IO_RECORDER_FAULTS holds two numbers while faults are wanted: of a hundred syncs, and of
// a hundred writes, so many fail, syncs with EIO and writes with ENOSPC.
//
// Each record is one byte of operation, three numbers of 64 bits and two byte strings, each after
// its length of 32 bits, all little-endian:
//   C inode - -      path          file created, or found when opened the first time
//   M inode - -      path          directory made
//   W inode offset - - content     bytes written
//   T inode size -                 file cut or extended
//   R inode - -      from to       renamed, whatever was there is replaced
//   L inode - -      from to       another name
//   U - - -          path          name removed
//   S inode number - / E inode number -    a sync began / ended well; inode 0: of everything
// Changes through a writable shared mapping are not seen; whoever replays the record to its end and
// compares it with the directory knows whether anything was missed.
//
// Only the process that is started records: what it starts in turn runs without this library.

// Both names of each function are defined here: none may stand for the other.
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

namespace {

constexpr int kMaxFiles = 65536;

// The function of this name that would be called without us.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Recorder {
  std::string root;
  std::string faults;
  int log = -1;
  pid_t process = 0;
  std::mutex mutex;  // an operation and its record are one step
  std::atomic<uint64_t> next_sync = 1;
  std::atomic<bool> watched[kMaxFiles] = {};  // by descriptor: a file below root

  Recorder() {
    const auto text = [](const char* name) {
      const char* value = getenv(name);
      return std::string(value ? value : "");
    };
    root = text("IO_RECORDER_ROOT");
    faults = text("IO_RECORDER_FAULTS");
    const std::string path = text("IO_RECORDER_LOG");
    if (!path.empty()) {
      log = next<int(const char*, int, ...)>("open")(
          path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      if (log < 0) std::abort();
    }
    process = getpid();
    for (const char* name :
         {"LD_PRELOAD", "IO_RECORDER_ROOT", "IO_RECORDER_LOG", "IO_RECORDER_FAULTS"})
      unsetenv(name);
  }

  bool is_ours() const { return getpid() == process; }
  bool covers(std::string_view path) const {
    return !root.empty() && is_ours() && path.starts_with(root) &&
           (path.size() == root.size() || path[root.size()] == '/');
  }
  bool watches(int fd) const { return fd >= 0 && fd < kMaxFiles && watched[fd] && is_ours(); }

  // Whether this operation is to fail, by the `place`-th number of the file.
  bool draws_fault(int place) const {
    if (faults.empty()) return false;
    static const auto real_open = next<int(const char*, int, ...)>("open");
    char text[32] = {};
    const int file = real_open(faults.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    (void)!read(file, text, sizeof text - 1);
    close(file);
    int percent[2] = {};
    sscanf(text, "%d %d", &percent[0], &percent[1]);
    return rand() % 100 < percent[place - 1];
  }

  // What is opened next under this number may be anything, a pipe too.
  void forget(int fd) {
    if (fd >= 0 && fd < kMaxFiles) watched[fd] = false;
  }

  void note(char operation, uint64_t a, uint64_t b, uint64_t c, std::string_view first = {},
            std::string_view second = {}) const {
    if (log < 0) return;
    std::string record(1, operation);
    const auto add = [&](const void* data, size_t size) {
      record.append(static_cast<const char*>(data), size);
    };
    for (const uint64_t number : {a, b, c}) add(&number, sizeof number);
    for (const std::string_view text : {first, second}) {
      const uint32_t size = static_cast<uint32_t>(text.size());
      add(&size, sizeof size);
      add(text.data(), text.size());
    }
    static const auto real = next<ssize_t(int, const void*, size_t)>("write");
    if (real(log, record.data(), record.size()) != static_cast<ssize_t>(record.size()))
      std::abort();
  }
};

// Made at the first use, never destroyed: files are written until the very end.
Recorder& recorder() {
  static Recorder* const instance = new Recorder;
  return *instance;
}

[[gnu::constructor]] void start() {
  recorder();
}

// Absolute, so that names match whatever the caller's directory is.
std::string full_path(int directory, const char* path) {
  if (path[0] == '/') return path;
  char base[4096];
  ssize_t size = -1;
  if (directory == AT_FDCWD) {
    if (getcwd(base, sizeof base)) size = static_cast<ssize_t>(strlen(base));
  } else {
    const std::string link = "/proc/self/fd/" + std::to_string(directory);
    size = readlink(link.c_str(), base, sizeof base);
  }
  if (size < 0) return path;
  return std::string(base, static_cast<size_t>(size)) + "/" + path;
}

uint64_t inode_of(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

uint64_t inode_at(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

// Runs the operation and, if it succeeds, notes it before anything else can happen.
template <typename Operation, typename Note>
auto in_one_step(Operation operation, Note note) {
  const std::lock_guard lock(recorder().mutex);
  const auto result = operation();
  const int error = errno;
  if (result >= 0) note(result);
  errno = error;
  return result;
}

template <typename Open>
int open_watched(const std::string& path, int flags, Open open) {
  Recorder& r = recorder();
  if (!r.covers(path)) {
    const int fd = open();
    if (fd >= 0 && fd < kMaxFiles) r.watched[fd] = false;
    return fd;
  }
  bool was_there = false;
  return in_one_step(
      [&] {
        was_there = exists(path);
        return open();
      },
      [&](int fd) {
        if (fd >= kMaxFiles) std::abort();
        r.watched[fd] = true;
        if (!was_there) r.note('C', inode_of(fd), 0, 0, path);
        if (was_there && (flags & O_TRUNC)) r.note('T', inode_of(fd), 0, 0);
      });
}

template <typename Sync>
int sync_watched(int fd, uint64_t inode, Sync sync) {
  Recorder& r = recorder();
  if (!r.watches(fd)) return sync();
  if (r.draws_fault(1)) return errno = EIO, -1;
  const uint64_t number = r.next_sync++;
  {
    const std::lock_guard lock(r.mutex);
    r.note('S', inode, number, 0);
  }
  return in_one_step(sync, [&](int) { r.note('E', inode, number, 0); });
}

ssize_t write_watched(int fd, off_t offset, const void* data, size_t size, bool at_offset) {
  static const auto real_write = next<ssize_t(int, const void*, size_t)>("write");
  static const auto real_pwrite = next<ssize_t(int, const void*, size_t, off_t)>("pwrite64");
  const auto run = [&] {
    return at_offset ? real_pwrite(fd, data, size, offset) : real_write(fd, data, size);
  };
  Recorder& r = recorder();
  if (!r.watches(fd)) return run();
  if (r.draws_fault(2)) return errno = ENOSPC, -1;
  return in_one_step(run, [&](ssize_t done) {
    const auto written = static_cast<size_t>(done);
    const uint64_t start =
        at_offset ? static_cast<uint64_t>(offset)
                  : static_cast<uint64_t>(lseek(fd, 0, SEEK_CUR)) - static_cast<uint64_t>(written);
    r.note('W', inode_of(fd), start, 0, {}, {static_cast<const char*>(data), written});
  });
}

int rename_watched(const std::string& from, const std::string& to, auto rename) {
  Recorder& r = recorder();
  if (!r.covers(from) && !r.covers(to)) return rename();
  return in_one_step(rename, [&](int) { r.note('R', inode_at(to), 0, 0, from, to); });
}

int unlink_watched(const std::string& path, auto unlink) {
  Recorder& r = recorder();
  if (!r.covers(path)) return unlink();
  return in_one_step(unlink, [&](int) { r.note('U', 0, 0, 0, path); });
}

int mkdir_watched(const std::string& path, auto mkdir) {
  Recorder& r = recorder();
  if (!r.covers(path)) return mkdir();
  return in_one_step(mkdir, [&](int) { r.note('M', inode_at(path), 0, 0, path); });
}

unsigned mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, unsigned) : 0;
}

}  // namespace

extern "C" {

#define RECORDED_OPEN(NAME)                                           \
  int NAME(const char* path, int flags, ...) {                        \
    static const auto real = next<int(const char*, int, ...)>(#NAME); \
    va_list arguments;                                                \
    va_start(arguments, flags);                                       \
    const unsigned mode = mode_of(flags, arguments);                  \
    va_end(arguments);                                                \
    return open_watched(full_path(AT_FDCWD, path), flags,             \
                        [&] { return real(path, flags, mode); });     \
  }
RECORDED_OPEN(open)
RECORDED_OPEN(open64)

#define RECORDED_OPENAT(NAME)                                                \
  int NAME(int directory, const char* path, int flags, ...) {                \
    static const auto real = next<int(int, const char*, int, ...)>(#NAME);   \
    va_list arguments;                                                       \
    va_start(arguments, flags);                                              \
    const unsigned mode = mode_of(flags, arguments);                         \
    va_end(arguments);                                                       \
    return open_watched(full_path(directory, path), flags,                   \
                        [&] { return real(directory, path, flags, mode); }); \
  }
RECORDED_OPENAT(openat)
RECORDED_OPENAT(openat64)

int close(int fd) {
  static const auto real = next<int(int)>("close");
  recorder().forget(fd);
  return real(fd);
}

// The C library closes a directory's descriptor and a stream's past the function above.
int closedir(DIR* directory) {
  static const auto real = next<int(DIR*)>("closedir");
  recorder().forget(dirfd(directory));
  return real(directory);
}
int fclose(FILE* stream) {
  static const auto real = next<int(FILE*)>("fclose");
  recorder().forget(fileno(stream));
  return real(stream);
}

ssize_t write(int fd, const void* data, size_t size) {
  return write_watched(fd, 0, data, size, false);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  return write_watched(fd, offset, data, size, true);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return write_watched(fd, offset, data, size, true);
}

int ftruncate64(int fd, off64_t size) noexcept {
  static const auto real = next<int(int, off64_t)>("ftruncate64");
  if (!recorder().watches(fd)) return real(fd, size);
  return in_one_step(
      [&] { return real(fd, size); },
      [&](int) { recorder().note('T', inode_of(fd), static_cast<uint64_t>(size), 0); });
}
int ftruncate(int fd, off_t size) noexcept {
  return ftruncate64(fd, size);
}

int fsync(int fd) {
  static const auto real = next<int(int)>("fsync");
  return sync_watched(fd, inode_of(fd), [&] { return real(fd); });
}
int syncfs(int fd) noexcept {
  static const auto real = next<int(int)>("syncfs");
  return sync_watched(fd, 0, [&] { return real(fd); });
}
int fdatasync(int fd) {
  static const auto real = next<int(int)>("fdatasync");
  return sync_watched(fd, inode_of(fd), [&] { return real(fd); });
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int(const char*, const char*)>("rename");
  return rename_watched(full_path(AT_FDCWD, from), full_path(AT_FDCWD, to),
                        [&] { return real(from, to); });
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
  static const auto real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  return rename_watched(full_path(from_directory, from), full_path(to_directory, to),
                        [&] { return real(from_directory, from, to_directory, to, flags); });
}
int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return renameat2(from_directory, from, to_directory, to, 0);
}

int link(const char* from, const char* to) noexcept {
  static const auto real = next<int(const char*, const char*)>("link");
  const std::string source = full_path(AT_FDCWD, from), target = full_path(AT_FDCWD, to);
  if (!recorder().covers(target)) return real(from, to);
  return in_one_step([&] { return real(from, to); },
                     [&](int) { recorder().note('L', inode_at(target), 0, 0, source, target); });
}

int unlinkat(int directory, const char* path, int flags) noexcept {
  static const auto real = next<int(int, const char*, int)>("unlinkat");
  return unlink_watched(full_path(directory, path), [&] { return real(directory, path, flags); });
}
int unlink(const char* path) noexcept {
  static const auto real = next<int(const char*)>("unlink");
  return unlink_watched(full_path(AT_FDCWD, path), [&] { return real(path); });
}
int rmdir(const char* path) noexcept {
  static const auto real = next<int(const char*)>("rmdir");
  return unlink_watched(full_path(AT_FDCWD, path), [&] { return real(path); });
}
int remove(const char* path) noexcept {
  static const auto real = next<int(const char*)>("remove");
  return unlink_watched(full_path(AT_FDCWD, path), [&] { return real(path); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = next<int(const char*, mode_t)>("mkdir");
  return mkdir_watched(full_path(AT_FDCWD, path), [&] { return real(path, mode); });
}
int mkdirat(int directory, const char* path, mode_t mode) noexcept {
  static const auto real = next<int(int, const char*, mode_t)>("mkdirat");
  return mkdir_watched(full_path(directory, path), [&] { return real(directory, path, mode); });
}
char* mkdtemp(char* name) noexcept {
  static const auto real = next<char*(char*)>("mkdtemp");
  if (!recorder().covers(full_path(AT_FDCWD, name))) return real(name);
  char* made = nullptr;
  in_one_step([&] { return (made = real(name)) ? 0 : -1; },
              [&](int) {
                const std::string path = full_path(AT_FDCWD, made);
                recorder().note('M', inode_at(path), 0, 0, path);
              });
  return made;
}

// What this library does not follow must not go by unseen.
ssize_t writev(int fd, const iovec* parts, int count) {
  static const auto real = next<ssize_t(int, const iovec*, int)>("writev");
  if (recorder().watches(fd)) std::abort();
  return real(fd, parts, count);
}

}  // extern "C"
