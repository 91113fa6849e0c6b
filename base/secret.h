// Passwords and tokens (libsodium lives behind this header). Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace base {

// Argon2id with libsodium's interactive limits (about 64 MiB, tens of milliseconds).
Result<std::string> hash_password(std::string_view password);
bool password_matches(std::string_view hash, std::string_view password);

// "glo_" + 43 base64url digits: 256 random bits, so a plain SHA-256 suffices at rest.
std::string new_token();
Sha256 hash_token(std::string_view token);

}  // namespace base
