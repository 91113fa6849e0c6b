// The browser UI, served from bytes inside the program.
//
//   router.set_fallback(serve_assets(web::assets()));
//
// A path that names an asset gives it, with an ETag and, under /assets/ (where the bundler puts
// hashed names), an immutable Cache-Control. A path without an extension (of which the digits of a
// version are none) is a view of the single-page application and gives index.html; anything else,
// and everything under /api/, is 404.
#pragma once

#include <span>
#include <string_view>

#include "server/http/router.h"

namespace server::http {

struct Asset {
  std::string_view path;        // "/index.html"
  std::string_view media_type;  // "text/html; charset=utf-8"
  std::string_view content;
};

// The assets must outlive the handler.
RouteHandler serve_assets(std::span<const Asset> assets);

}  // namespace server::http
