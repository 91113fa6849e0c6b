// Who has which role in a project or in an organisation, and how people from outside come in.
//
//   TRY(set_member(services, caller, place, "sam@acme.example", corpus::Role::scientist));
//   const std::string secret = TRY(invite(services, caller, place, {"Eve", "eve@x.example",
//   role})); const storage::User eve = TRY(redeem_link(services, caller, secret, password));
//
// Addresses are nobody's proof: no mail is sent, so an account of that address may have been made
// by somebody else. Hence a role is given directly only to those who are in the organisation
// already; everybody else takes it by opening an invitation, which its maker hands over. Whether
// the address has an account on the server makes no difference to what the maker is told. Functions
// of one transaction each, from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "corpus/access.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/user_store.h"

namespace server {

// Where roles hold.
struct Place {
  storage::OrganisationId organisation = {};
  storage::ProjectId project = {};  // none: the organisation itself
  std::string path = {};            // "acme/claims" or "acme"
  // The caller manages the users of the organisation: only they give or take owner, admin, auditor.
  bool manages_users = false;
};

// denied for roles that the caller may not give or take, conflict for the caller's own,
// not_found for people from outside.
Result<void> set_member(Services& services, const Caller& caller, const Place& place,
                        const std::string& address, corpus::Role role);
// What ends with the role: storage/user_store.h.
Result<void> remove_member(Services& services, const Caller& caller, const Place& place,
                           const std::string& address);

inline constexpr char kInvitation[] = "invitation";  // purposes of links
inline constexpr char kPasswordLink[] = "password";
inline constexpr base::Milliseconds kInvitationLifetime = 7 * 24 * 3'600'000LL;
inline constexpr base::Milliseconds kPasswordLinkLifetime = 24 * 3'600'000LL;

struct Invitation {
  std::string name;
  std::string address;
  corpus::Role role = corpus::Role::annotator;
};

// The secret of a link that works once, until kInvitationLifetime has passed or its maker may not
// give the role any more.
Result<std::string> invite(Services& services, const Caller& caller, const Place& place,
                           const Invitation& invitation);

struct PendingInvitation {
  std::string id;
  Invitation invitation;
  std::string maker;  // their name
  base::Milliseconds expires_at = 0;
};
// Of this place, that nobody has opened yet; those that end first at the top.
Result<std::vector<PendingInvitation>> pending_invitations(Services& services, const Place& place);
// The link opens nothing from now on. not_found if it is used, over, or of another place; denied
// for roles that the caller may not give.
Result<void> withdraw_invitation(Services& services, const Caller& caller, const Place& place,
                                 const std::string& id);

// Uses up a link: an invitation (makes the account with this password, or, where the address has
// one, takes that account's own password as proof) or one that sets the password of its account.
// denied if the link or the password is wrong.
Result<storage::User> redeem_link(Services& services, const Caller& caller,
                                  const std::string& secret, const std::string& password);

// The secret of a link with which the user sets a password, once, until kPasswordLinkLifetime has
// passed.
Result<std::string> create_password_link(storage::UserStore& users, storage::UserId user);

}  // namespace server
