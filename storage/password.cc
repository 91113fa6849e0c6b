// Passwords: outside of any transaction, because Argon2id is slow by design.
#include "base/secret.h"
#include "base/text.h"
#include "storage/detail/account_rows.h"
#include "storage/user_store.h"

namespace storage {
namespace {

// The work for an address that nobody has. Made once: the hash of something that nobody can type.
const std::string& dummy_hash() {
  static const std::string hash = MUST(base::hash_password(base::new_token()));
  return hash;
}

struct Stored {
  User user;
  std::string hash;
};

Result<std::optional<Stored>> find_stored(Database& database, std::string_view address) {
  return database.read([&](Transaction& tx) -> Result<std::optional<Stored>> {
    const auto row = TRY(tx.query_first(
        "SELECT " + std::string(kUserColumns) +
            ", u.password_hash FROM user_addresses a JOIN users u ON u.id = a.user_id"
            " WHERE a.folded = ? AND u.disabled = 0 AND u.password_hash <> ''",
        {folded_address(address)}));
    if (!row) return std::optional<Stored>();
    Stored stored{user_of(*row), row->text(6)};
    stored.user.addresses = TRY(addresses_of(tx, stored.user.id));
    return std::optional<Stored>(std::move(stored));
  });
}

}  // namespace

Result<std::string> hash_new_password(std::string_view password) {
  if (base::count_code_points(password) < kLeastPassword) {
    return base::Error{base::Code::invalid, "a password needs at least " +
                                                std::to_string(kLeastPassword) + " characters"};
  }
  return base::hash_password(password);
}

Result<User> authenticate_password(Database& database, std::string_view address,
                                   std::string_view password) {
  const std::string& dummy = dummy_hash();
  auto stored = TRY(find_stored(database, address));
  const bool matches = base::password_matches(stored ? stored->hash : dummy, password);
  if (!stored || !matches) {
    return base::Error{base::Code::denied, "the credentials are not valid"};
  }
  return std::move(stored->user);
}

}  // namespace storage
