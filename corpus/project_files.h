// The first commit of a new project's repository: every file that explains it to people, git and
// DVC. Pure function, safe from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "corpus/config.h"
#include "corpus/schema.h"

namespace corpus {

// Without a slash at the end.
struct ProjectUrls {
  std::string clone;  // https://host/acme/claims.git
  std::string dvc;    // https://host/acme/claims.dvc
  std::string web;    // https://host/acme/claims
};

// .dvc/config of a repository whose bytes are at `remote_url`, for stock dvc: uploads by PUT, and
// the token that the user adds locally in the header that the server reads.
std::string dvc_config(std::string_view remote_url);

// .gitattributes: with `git_lfs` what lies in attachments/ is kept by Git LFS.
std::string git_attributes(bool git_lfs);

// Path -> content: glossator.json, schema.json, guidelines/README.md, .dvc/config,
// .dvc/.gitignore, .dvcignore, .gitattributes, .gitignore, README.md.
std::map<std::string, std::string> initial_files(const ProjectConfig& config, const Schema& schema,
                                                 const ProjectUrls& urls);

}  // namespace corpus
