#include "server/flow/members.h"

#include "base/clock.h"
#include "storage/user_store.h"

namespace server {
namespace {

using base::Json;
using corpus::Role;
using storage::Transaction;
using storage::UserStore;

base::Error outsider() {
  return {base::Code::not_found, "nobody in this organisation has that address; invite them"};
}

bool is_of_organisation(Role role) {
  return role == Role::owner || role == Role::admin || role == Role::auditor;
}

Result<void> check_may_give(const Place& place, Role role) {
  if (is_of_organisation(role) && !place.manages_users) {
    return base::Error{base::Code::denied, "you may not give or take this role"};
  }
  return {};
}

std::string member_resource(const Place& place, const std::string& address) {
  return place.path + "/members/" + address;
}

Result<std::optional<Role>> role_at(UserStore& users, const Place& place, storage::UserId user) {
  return place.project ? users.role_in(place.project, user)
                       : users.role_in(place.organisation, user);
}

Result<void> set_role_at(UserStore& users, const Place& place, storage::UserId user, Role role) {
  return place.project ? users.set_role(place.project, user, role)
                       : users.set_role(place.organisation, user, role);
}

Result<void> remove_role_at(UserStore& users, const Place& place, storage::UserId user) {
  return place.project ? users.remove_role(place.project, user)
                       : users.remove_role(place.organisation, user);
}

// Somebody else of the organisation, whose role here the caller may change.
Result<storage::User> find_changeable(UserStore& users, const Caller& caller, const Place& place,
                                      const std::string& address) {
  const auto user = users.find_user_by_address(address);
  if (!user.ok()) {
    return user.error().code == base::Code::not_found ? outsider() : user.error();
  }
  if (!TRY(users.belongs_to(place.organisation, user->id))) return outsider();
  if (user->id == caller.user) {
    return base::Error{base::Code::conflict, "you can't change your own role: ask another"};
  }
  if (const auto held = TRY(role_at(users, place, user->id))) TRY(check_may_give(place, *held));
  return user;
}

// What an invitation says, as kept until it is redeemed.
struct Offer {
  Invitation invitation;
  Place place;
  storage::UserId maker;
};

Json to_json(const Offer& offer) {
  return Json::object({{"name", offer.invitation.name},
                       {"address", offer.invitation.address},
                       {"role", corpus::name_of(offer.invitation.role)},
                       {"organisation", offer.place.organisation.value},
                       {"project", offer.place.project.value},
                       {"path", offer.place.path},
                       {"maker", offer.maker.value}});
}

Result<Offer> parse_offer(const Json& json) {
  const auto role = corpus::parse_role(json.string_or("role", ""));
  if (!role) return base::Error{base::Code::internal, "an invitation names no known role"};
  Offer offer;
  offer.invitation = {json.string_or("name", ""), json.string_or("address", ""), *role};
  offer.place = {{json.integer_or("organisation", 0)},
                 {json.integer_or("project", 0)},
                 json.string_or("path", ""),
                 false};
  offer.maker = {json.integer_or("maker", 0)};
  return offer;
}

bool any_allows(const std::vector<Role>& roles, corpus::Permission permission) {
  for (const Role role : roles) {
    if (corpus::allows(role, permission)) return true;
  }
  return false;
}

// Whoever lost the right to give the role takes their invitations along.
Result<void> check_maker(UserStore& users, const Offer& offer) {
  const storage::User maker = TRY(users.find_user(offer.maker));
  const bool needs_users = !offer.place.project || is_of_organisation(offer.invitation.role);
  const auto roles = offer.place.project ? TRY(users.roles_of(maker.id, offer.place.project))
                                         : TRY(users.roles_of(maker.id, offer.place.organisation));
  const auto needed =
      needs_users ? corpus::Permission::user_manage : corpus::Permission::member_manage;
  if (maker.disabled || !any_allows(roles, needed)) {
    return base::Error{base::Code::denied, "the link is not valid any more"};
  }
  return {};
}

// The account of the address: an old one has been proved by its password.
Result<storage::User> account_for(UserStore& users, const Offer& offer,
                                  const std::optional<storage::User>& proved,
                                  const std::string& hash) {
  if (proved) return *proved;
  return users.create_user({offer.invitation.name, {offer.invitation.address}, hash},
                           base::now_milliseconds());
}

// Joining never takes rights away: who has a role here keeps it.
Result<void> join(UserStore& users, const Offer& offer, storage::UserId user) {
  if (TRY(role_at(users, offer.place, user))) return {};
  return set_role_at(users, offer.place, user, offer.invitation.role);
}

Result<storage::User> accept_invitation(Services& services, const Caller& caller,
                                        const std::string& secret, const Json& payload,
                                        const std::string& password) {
  const Offer offer = TRY(parse_offer(payload));
  // Before anything else, so that a short password tells nothing of the account.
  const std::string hash = TRY(storage::hash_new_password(password));
  const auto known = services.database->read([&](Transaction& tx) {
    return UserStore(tx).find_user_by_address(offer.invitation.address);
  });
  std::optional<storage::User> proved;
  if (known.ok()) {
    proved =
        TRY(storage::authenticate_password(*services.database, offer.invitation.address, password));
  }
  return services.database->write([&](Transaction& tx) -> Result<storage::User> {
    UserStore users(tx);
    TRY(users.redeem_link(secret, kInvitation, base::now_milliseconds()));
    TRY(check_maker(users, offer));
    const storage::User user = TRY(account_for(users, offer, proved, hash));
    TRY(join(users, offer, user.id));
    Caller joined = caller;
    joined.user = user.id;
    joined.organisation = offer.place.organisation;
    TRY(audit(tx, joined, "invitation.accept",
              member_resource(offer.place, offer.invitation.address),
              Json::object({{"role", corpus::name_of(offer.invitation.role)}})));
    return user;
  });
}

Result<storage::User> set_first_password(Services& services, const Caller& caller,
                                         const std::string& secret, const std::string& password) {
  const std::string hash = TRY(storage::hash_new_password(password));
  return services.database->write([&](Transaction& tx) -> Result<storage::User> {
    UserStore users(tx);
    const Json payload = TRY(users.redeem_link(secret, kPasswordLink, base::now_milliseconds()));
    const storage::User user = TRY(users.find_user({payload.integer_or("user", 0)}));
    if (user.disabled) return base::Error{base::Code::denied, "the link is not valid any more"};
    TRY(users.set_password_hash(user.id, hash));
    Caller owner = caller;
    owner.user = user.id;
    TRY(audit(tx, owner, "user.password", "users/" + user.addresses.front()));
    return user;
  });
}

}  // namespace

Result<void> set_member(Services& services, const Caller& caller, const Place& place,
                        const std::string& address, Role role) {
  TRY(check_may_give(place, role));
  return services.database->write([&](Transaction& tx) -> Result<void> {
    UserStore users(tx);
    const storage::User user = TRY(find_changeable(users, caller, place, address));
    TRY(set_role_at(users, place, user.id, role));
    return audit(tx, caller, "member.set", member_resource(place, user.addresses.front()),
                 Json::object({{"role", corpus::name_of(role)}}));
  });
}

Result<void> remove_member(Services& services, const Caller& caller, const Place& place,
                           const std::string& address) {
  return services.database->write([&](Transaction& tx) -> Result<void> {
    UserStore users(tx);
    const storage::User user = TRY(find_changeable(users, caller, place, address));
    TRY(remove_role_at(users, place, user.id));
    return audit(tx, caller, "member.remove", member_resource(place, user.addresses.front()));
  });
}

Result<std::string> invite(Services& services, const Caller& caller, const Place& place,
                           const Invitation& invitation) {
  TRY(check_may_give(place, invitation.role));
  TRY(storage::check_new_user(invitation.name, invitation.address));
  return services.database->write([&](Transaction& tx) -> Result<std::string> {
    const Offer offer{invitation, place, caller.user};
    const std::string secret = TRY(UserStore(tx).create_link(
        kInvitation, to_json(offer), base::now_milliseconds() + kInvitationLifetime));
    TRY(audit(tx, caller, "invitation.create", member_resource(place, invitation.address),
              Json::object({{"role", corpus::name_of(invitation.role)}})));
    return secret;
  });
}

namespace {

struct OpenOffer {
  std::string id;
  Offer offer;
  base::Milliseconds expires_at = 0;
};

Result<std::vector<OpenOffer>> open_offers(UserStore& users, const Place& place) {
  std::vector<OpenOffer> offers;
  for (const storage::OpenLink& link :
       TRY(users.open_links(kInvitation, base::now_milliseconds()))) {
    Offer offer = TRY(parse_offer(link.payload));
    const bool is_here =
        offer.place.organisation == place.organisation && offer.place.project == place.project;
    if (is_here) offers.push_back({link.id, std::move(offer), link.expires_at});
  }
  return offers;
}

}  // namespace

Result<std::vector<PendingInvitation>> pending_invitations(Services& services, const Place& place) {
  return services.database->read([&](Transaction& tx) -> Result<std::vector<PendingInvitation>> {
    UserStore users(tx);
    std::vector<PendingInvitation> pending;
    for (OpenOffer& open : TRY(open_offers(users, place))) {
      const auto maker = users.find_user(open.offer.maker);
      pending.push_back({open.id, std::move(open.offer.invitation), maker.ok() ? maker->name : "",
                         open.expires_at});
    }
    return pending;
  });
}

Result<void> withdraw_invitation(Services& services, const Caller& caller, const Place& place,
                                 const std::string& id) {
  return services.database->write([&](Transaction& tx) -> Result<void> {
    UserStore users(tx);
    for (const OpenOffer& open : TRY(open_offers(users, place))) {
      if (open.id != id) continue;
      TRY(check_may_give(place, open.offer.invitation.role));
      TRY(users.revoke_link(kInvitation, id, base::now_milliseconds()));
      return audit(tx, caller, "invitation.withdraw",
                   member_resource(place, open.offer.invitation.address));
    }
    return base::Error{base::Code::not_found, "there is no such invitation any more"};
  });
}

Result<std::string> create_password_link(UserStore& users, storage::UserId user) {
  return users.create_link(kPasswordLink, Json::object({{"user", user.value}}),
                           base::now_milliseconds() + kPasswordLinkLifetime);
}

Result<storage::User> redeem_link(Services& services, const Caller& caller,
                                  const std::string& secret, const std::string& password) {
  const storage::Link link = TRY(services.database->read(
      [&](Transaction& tx) { return UserStore(tx).find_link(secret, base::now_milliseconds()); }));
  if (link.purpose == kInvitation) {
    return accept_invitation(services, caller, secret, link.payload, password);
  }
  return set_first_password(services, caller, secret, password);
}

}  // namespace server
