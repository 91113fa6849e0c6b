#include "server/http/detail/proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace server::http::detail {
namespace {

std::optional<uint32_t> parse_address(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return {};
  return ntohl(address.s_addr);
}

}  // namespace

base::Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& list) {
  TrustedProxies proxies;
  for (const std::string& item : list) {
    const size_t slash = std::min(item.find('/'), item.size());
    const auto address = parse_address(std::string_view(item).substr(0, slash));
    const auto bits = slash == item.size()
                          ? std::optional<int64_t>(32)
                          : base::parse_integer(std::string_view(item).substr(slash + 1));
    if (!address || !bits || *bits < 0 || *bits > 32) {
      return base::Error{
          base::Code::invalid, "trusted proxy \"" + item + "\" is no IPv4 address or network", {}};
    }
    const uint32_t mask = *bits == 0 ? 0 : ~uint32_t{0} << (32 - *bits);
    proxies.networks_.push_back({*address & mask, mask});
  }
  return proxies;
}

bool TrustedProxies::trusts(std::string_view address) const {
  const auto number = parse_address(address);
  return number && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return (*number & network.mask) == network.address;
         });
}

void TrustedProxies::apply(Request& request) const {
  if (!trusts(request.peer)) return;
  if (const std::string* scheme = request.headers.find("x-forwarded-proto")) {
    request.secure = equal_ignoring_case(base::trim(*scheme), "https");
  }
  std::vector<std::string_view> hops;
  for (const Header& header : request.headers) {
    if (!equal_ignoring_case(header.name, "x-forwarded-for")) continue;
    for (const auto hop : base::split(header.value, ',')) hops.push_back(base::trim(hop));
  }
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (hop->empty() || hop->size() > 45) return;
    request.peer = std::string(*hop);
    if (!trusts(*hop)) return;
  }
}

}  // namespace server::http::detail
