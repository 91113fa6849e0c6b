// Which peers are proxies of the operator's own, whose X-Forwarded headers are believed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http/request.h"

namespace server::http::detail {

class TrustedProxies {
 public:
  // Each an IPv4 address or network: "127.0.0.1", "10.0.0.0/8".
  static base::Result<TrustedProxies> parse(const std::vector<std::string>& list);
  bool trusts(std::string_view address) const;
  // If the request came from a proxy: the client is the last address in X-Forwarded-For that is
  // not a proxy too, and TLS is what X-Forwarded-Proto says.
  void apply(Request& request) const;

 private:
  struct Network {
    uint32_t address;
    uint32_t mask;
  };
  std::vector<Network> networks_;
};

}  // namespace server::http::detail
