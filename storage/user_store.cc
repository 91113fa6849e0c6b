// Organisations and users. Projects and roles: project_store.cc; tokens and sessions:
// secret_store.cc.
#include "storage/user_store.h"

#include <algorithm>

#include "base/text.h"
#include "corpus/ids.h"
#include "storage/detail/account_rows.h"

namespace storage {
namespace {

base::Error invalid(std::string what) {
  return base::Error{base::Code::invalid, std::move(what)};
}

constexpr size_t kMaxName = 200;  // characters

// What git can carry in "Name <address>", and a line can show.
bool fits_signature(std::string_view text) {
  return !text.empty() && text.find_first_of("<>") == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), [](unsigned char byte) { return byte < 0x20; }) &&
         base::count_code_points(text) <= kMaxName;
}

Result<void> check_name(std::string_view name) {
  if (!fits_signature(name))
    return invalid(
        "a name must not be empty, longer than 200 characters, or hold <, > or control characters");
  return {};
}

Result<void> check_address(std::string_view address) {
  const size_t at = address.find('@');
  const bool shaped = at != std::string_view::npos && at > 0 && at + 1 < address.size();
  if (!fits_signature(address) || !shaped || address.find(' ') != std::string_view::npos) {
    return invalid("not a mail address: want name@host");
  }
  return {};
}

Organisation organisation_of(const Row& row) {
  return {row.id<OrganisationId>(0), row.text(1), row.text(2), row.integer(3)};
}

Result<Organisation> organisation_from(const std::optional<Row>& row) {
  if (!row) return missing("organisation");
  return organisation_of(*row);
}

Result<User> with_addresses(Transaction& tx, const std::optional<Row>& row) {
  if (!row) return missing("user");
  User user = user_of(*row);
  user.addresses = TRY(addresses_of(tx, user.id));
  return user;
}

}  // namespace

Result<void> check_new_user(std::string_view name, std::string_view address) {
  TRY(check_name(name));
  return check_address(address);
}

Result<Organisation> UserStore::create_organisation(std::string_view slug, std::string_view name,
                                                    base::Milliseconds now) {
  const std::string checked = TRY(corpus::parse_slug(slug));
  if (TRY(tx_.query_first("SELECT 1 FROM organisations WHERE slug = ?", {checked}))) {
    return base::Error{base::Code::conflict, "the organisation \"" + checked + "\" exists already"};
  }
  const Rows rows = TRY(
      tx_.query("INSERT INTO organisations (slug, name, created_at) VALUES (?, ?, ?) RETURNING id",
                {checked, name.empty() ? std::string_view(checked) : name, now}));
  return find_organisation(rows.front().id<OrganisationId>(0));
}

Result<Organisation> UserStore::find_organisation(std::string_view slug) {
  return organisation_from(TRY(tx_.query_first(
      "SELECT id, slug, name, created_at FROM organisations WHERE slug = ?", {slug})));
}

Result<Organisation> UserStore::find_organisation(OrganisationId id) {
  return organisation_from(TRY(
      tx_.query_first("SELECT id, slug, name, created_at FROM organisations WHERE id = ?", {id})));
}

Result<std::vector<Organisation>> UserStore::organisations() {
  std::vector<Organisation> all;
  for (const Row& row :
       TRY(tx_.query("SELECT id, slug, name, created_at FROM organisations ORDER BY slug"))) {
    all.push_back(organisation_of(row));
  }
  return all;
}

Result<User> UserStore::create_user(const NewUser& user, base::Milliseconds now) {
  TRY(check_name(user.name));
  if (user.addresses.empty()) return invalid("a user needs a mail address");
  const Rows rows = TRY(
      tx_.query("INSERT INTO users (name, password_hash, created_at) VALUES (?, ?, ?) RETURNING id",
                {user.name, user.password_hash, now}));
  const auto id = rows.front().id<UserId>(0);
  for (const std::string& address : user.addresses) TRY(add_address(id, address));
  return find_user(id);
}

Result<User> UserStore::find_user(UserId id) {
  return with_addresses(
      tx_, TRY(tx_.query_first(
               "SELECT " + std::string(kUserColumns) + " FROM users u WHERE u.id = ?", {id})));
}

Result<User> UserStore::find_user_by_address(std::string_view address) {
  return with_addresses(
      tx_, TRY(tx_.query_first("SELECT " + std::string(kUserColumns) +
                                   " FROM user_addresses a JOIN users u ON u.id = a.user_id"
                                   " WHERE a.folded = ?",
                               {folded_address(address)})));
}

Result<std::vector<User>> UserStore::users() {
  std::vector<User> all;
  for (const Row& row :
       TRY(tx_.query("SELECT " + std::string(kUserColumns) + " FROM users u ORDER BY u.id"))) {
    all.push_back(TRY(with_addresses(tx_, row)));
  }
  return all;
}

Result<void> UserStore::add_address(UserId user, std::string_view address) {
  TRY(check_address(address));
  const std::string folded = folded_address(address);
  if (TRY(tx_.query_first("SELECT 1 FROM user_addresses WHERE folded = ?", {folded}))) {
    return base::Error{base::Code::conflict, "the mail address is taken"};
  }
  TRY(
      tx_.execute("INSERT INTO user_addresses (folded, address, user_id, position) VALUES"
                  " (?, ?, ?, (SELECT count(*) FROM user_addresses WHERE user_id = ?))",
                  {folded, address, user, user}));
  return {};
}

Result<void> UserStore::set_password_hash(UserId user, std::string_view hash) {
  TRY(require_row(TRY(tx_.execute("UPDATE users SET password_hash = ? WHERE id = ?", {hash, user})),
                  "user"));
  TRY(tx_.execute("DELETE FROM sessions WHERE user_id = ?", {user}));
  return {};
}

Result<void> UserStore::set_disabled(UserId user, bool disabled) {
  TRY(require_row(TRY(tx_.execute("UPDATE users SET disabled = ? WHERE id = ?", {disabled, user})),
                  "user"));
  return disabled ? end_access(user) : Result<void>();
}

Result<void> UserStore::set_server_owner(UserId user, bool owns) {
  return require_row(
      TRY(tx_.execute("UPDATE users SET owns_server = ? WHERE id = ?", {owns, user})), "user");
}

Result<std::vector<User>> UserStore::server_owners() {
  std::vector<User> owners;
  for (const User& user : TRY(users())) {
    if (user.owns_server && !user.disabled) owners.push_back(user);
  }
  return owners;
}

}  // namespace storage
