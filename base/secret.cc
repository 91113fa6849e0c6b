#include "base/secret.h"

#include <sodium.h>

#include "base/random.h"

namespace base {

Result<std::string> hash_password(std::string_view password) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(),
                            crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{Code::busy, "not enough memory to hash a password"};
  }
  hash.resize(hash.find('\0'));
  return hash;
}

bool password_matches(std::string_view hash, std::string_view password) {
  const std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

std::string new_token() {
  return "glo_" + to_base64url(random_bytes(32));
}

Sha256 hash_token(std::string_view token) {
  return sha256_of(token);
}

}  // namespace base
