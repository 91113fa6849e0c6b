// A server without readers, one project in it, and Ada, who may do everything there.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/flow/actor.h"
#include "server/flow/intake.h"
#include "server/flow/services.h"
#include "server/flow/upload.h"
#include "storage/user_store.h"
#include "tests/support/result_matchers.h"

namespace server {

// Enough of a PNG to be taken for one.
inline const std::string kPng =
    std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) + std::string(100, '\0');

class OneProject : public testing::Test {
 protected:
  OneProject() {
    ServerConfig config;
    config.data = dir.path();
    services = TAKE(open_services(config, Readers::none));
    actor.access = TAKE(services->database->write(
        [](storage::Transaction& tx) { return add_world(storage::UserStore(tx)); }));
  }

  // As it is while its reading waits.
  corpus::DocumentId upload(const std::string& file_name, const std::string& bytes = kPng) {
    Upload upload(*services, actor, {});
    MUST(upload.begin_file(file_name));
    MUST(upload.write(bytes));
    MUST(upload.end_file());
    return *TAKE(upload.finish()).at(0).id;
  }

  // As if it had been read: one page, on which there are no words.
  void bring_in_as_read(const corpus::DocumentId& id) {
    const storage::DocumentRow row = TAKE(find_document(*services, actor.project(), id));
    ReadDocument read{TAKE(services->catalog->open(actor.project())), {}, {}};
    read.document.id = id;
    read.document.source = row.source;
    read.document.pipeline = {"1", base::Json::object()};
    read.document.pages.push_back(
        {.width = 100, .height = 100, .image = row.source, .failure = "it is blank"});
    OpenProject& project = *read.project;
    MUST(bring_in(*services, project, std::span(&read, 1)));
  }

  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<Services> services;
  Actor actor;

 private:
  static Result<storage::Access> add_world(storage::UserStore users) {
    storage::Access access;
    const auto organisation = TRY(users.create_organisation("acme", "Acme", 1));
    access.project =
        TRY(users.create_project({.organisation = organisation.id, .slug = "claims"}, 1));
    access.project.organisation_slug = "acme";
    access.principal.user =
        TRY(users.create_user({.name = "Ada", .addresses = {"ada@acme.example"}}, 1));
    return access;
  }
};

}  // namespace server
