// The browser's page as bytes inside the program, made from this directory when it is built
// (cmake/embed_assets.cmake).
//
//   router.set_fallback(server::http::serve_assets(web::assets()));
//
// The table and the bytes live as long as the program. Safe from any thread.
#pragma once

#include <span>

#include "server/http/asset_routes.h"

namespace web {

std::span<const server::http::Asset> assets();

}  // namespace web
