#include "tests/conformance/address.h"

namespace conformance {
namespace {

constexpr Mount kMounts[] = {
    {.prefix = "/smart/"},
    {.prefix = "/smart_v0/", .speaks_v0_only = true},
    {.prefix = "/smart_cookies/", .sets_cookie = true},
    {.prefix = "/smart_headers/", .wants_magic = true},
    {.prefix = "/one_time_perl/", .runs_one_time = true},
    {.prefix = "/auth/smart/", .guard = Guard::everything},
    {.prefix = "/auth-fetch/smart/", .guard = Guard::fetch_post},
    {.prefix = "/auth-push/smart/", .guard = Guard::push_post},
    {.prefix = "/half-auth-complete/smart/", .guard = Guard::all_of_push},
};

struct Moved {
  std::string_view from;
  std::string_view to;
  int status;
  std::string_view only = "";  // the end of the paths that moved
};
constexpr Moved kMoved[] = {
    {"/smart-redir-perm/", "/smart/", 301},
    {"/smart-redir-temp/", "/smart/", 302},
    {"/smart-redir-auth/", "/auth/smart/", 301},
    {"/smart-redir-limited/", "/smart/", 301, "/info/refs"},
};

constexpr std::string_view kResources[] = {"info/refs", "git-upload-pack", "git-receive-pack"};

}  // namespace

bool Address::needs_password(Service service) const {
  const bool is_post = resource != "info/refs";
  switch (mount->guard) {
    case Guard::nobody:
      return false;
    case Guard::everything:
      return true;
    case Guard::fetch_post:
      return is_post && service == Service::fetch;
    case Guard::push_post:
      return is_post && service == Service::push;
    case Guard::all_of_push:
      return service == Service::push;
  }
  return true;
}

std::optional<Address> parse_address(std::string_view path) {
  for (const Mount& mount : kMounts) {
    if (!path.starts_with(mount.prefix)) continue;
    for (const std::string_view resource : kResources) {
      const std::string end = "/" + std::string(resource);
      if (!path.ends_with(end)) continue;
      const std::string_view below = path.substr(mount.prefix.size());
      if (below.size() <= end.size()) return std::nullopt;
      return Address{&mount, std::string(below.substr(0, below.size() - end.size())),
                     std::string(resource)};
    }
  }
  return std::nullopt;
}

std::optional<Redirect> redirect_of(std::string_view path, std::string_view query) {
  for (const Moved& moved : kMoved) {
    if (!path.starts_with(moved.from) || !path.ends_with(moved.only)) continue;
    std::string location = std::string(moved.to) + std::string(path.substr(moved.from.size()));
    if (!query.empty()) location += "?" + std::string(query);
    return Redirect{moved.status, std::move(location)};
  }
  return std::nullopt;
}

}  // namespace conformance
