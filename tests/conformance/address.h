// The addresses that the suite's apache.conf gives to the repositories below its document root.
//
//   if (const auto target = redirect_of(request)) return Reply::redirect(target->status, ...);
//   const auto address = parse_address(request.path);   // "/auth/smart/repo.git/info/refs"
//   address->mount->wants_password(service, is_post)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace conformance {

enum class Guard { nobody, everything, fetch_post, push_post, all_of_push };

struct Mount {
  std::string_view prefix;
  Guard guard = Guard::nobody;
  bool speaks_v0_only = false;
  bool sets_cookie = false;
  bool wants_magic = false;    // two headers that the client must send
  bool runs_one_time = false;  // a script that the suite leaves may change one answer
};

enum class Service { none, fetch, push };

struct Address {
  const Mount* mount = nullptr;
  std::string repository;  // below the document root
  std::string resource;    // "info/refs", "git-upload-pack", "git-receive-pack"

  bool needs_password(Service service) const;
};

std::optional<Address> parse_address(std::string_view path);

struct Redirect {
  int status = 301;
  std::string location;
};
std::optional<Redirect> redirect_of(std::string_view path, std::string_view query);

}  // namespace conformance
