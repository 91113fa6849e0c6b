// Changing how a project works. What of it stands in the repository, too, is committed there: with
// `git_lfs` on, .gitattributes tells git that attachments are kept by Git LFS.
//
//   const auto settings = TRY(change_settings(services, actor, body));
//
// Safe from any thread.
#pragma once

#include "base/json.h"
#include "corpus/project_settings.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

// Members of `changes` that are not named stay. A crash between the database and the repository is
// mended by asking for the same again.
Result<corpus::ProjectSettings> change_settings(Services& services, const Actor& actor,
                                                const base::Json& changes);

}  // namespace server
