// Opaque positions in a listing (keyset pagination): base64url of what the last row sorted by.
//
//   const std::string next = make_cursor("documents", {row.received_at, row.id.hex});
//   const Values last = TRY(parse_cursor("documents", text));   // invalid if it is not one of ours
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/value.h"

namespace storage {

// `listing` names the order, so that a cursor of one list is refused by another.
std::string make_cursor(std::string_view listing, const Values& position);
base::Result<Values> parse_cursor(std::string_view listing, std::string_view text);

}  // namespace storage
