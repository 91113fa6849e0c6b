#include "server/http/asset_routes.h"

#include <map>
#include <string>

#include "base/digest.h"

namespace server::http {
namespace {

struct Stored {
  const Asset* asset;
  std::string etag;
};
using Store = std::map<std::string_view, Stored>;

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// ".js", ".git"; the ".0" of a version is none.
bool has_extension(std::string_view path) {
  const size_t dot = path.rfind('.');
  if (dot == path.npos || dot < path.rfind('/') || dot + 1 == path.size()) return false;
  return path[dot + 1] < '0' || path[dot + 1] > '9';
}

// Paths of machines: a page of the browser UI would only hide a mistake there.
bool is_for_machines(std::string_view path) {
  return path == "/api" || starts_with(path, "/api/");
}

const Stored* find(const Store& store, std::string_view path) {
  const auto found = store.find(path == "/" ? "/index.html" : path);
  if (found != store.end()) return &found->second;
  if (has_extension(path) || is_for_machines(path)) return nullptr;
  const auto page = store.find("/index.html");
  return page == store.end() ? nullptr : &page->second;
}

Reply serve(const Stored& stored) {
  const Asset& asset = *stored.asset;
  const bool named_by_hash = starts_with(asset.path, "/assets/");
  return Reply::text(200, std::string(asset.content), std::string(asset.media_type))
      .etag(stored.etag)
      .cache(named_by_hash ? "public, max-age=31536000, immutable" : "no-cache");
}

}  // namespace

RouteHandler serve_assets(std::span<const Asset> assets) {
  Store store;
  for (const Asset& asset : assets) {
    store[asset.path] = {&asset, base::sha256_of(asset.content).hex().substr(0, 32)};
  }
  return [store = std::move(store)](Context& context) {
    const Stored* stored = find(store, context.request.path);
    return stored ? serve(*stored) : context.problem(Problem::not_found());
  };
}

}  // namespace server::http
