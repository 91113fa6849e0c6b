// An upload that comes as a form: what is said of the files (metadata, password), then the files,
// which go into the store while they arrive.
//
//   FormUpload form(services, actor, {.kept = "predictions"});
//   TRY(form.read(context.request));
//   const std::string predictions = form.kept();       // that part's content
//   const std::vector<UploadItem> items = TRY(form.finish());
//
// Code::invalid for a part that nobody knows. Belongs to one thread; the actor must outlive it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/flow/upload.h"
#include "server/http/multipart.h"
#include "server/http/request.h"

namespace server::http {

struct FormOptions {
  bool waits = false;     // the sender does, for the documents to be read
  std::string kept = {};  // name of a part that is no document: its content is kept; empty: none
  size_t kept_limit = 0;  // bytes
  bool dry_run = false;   // files are looked at by their names alone
};

class FormUpload {
 public:
  FormUpload(Services& services, const Actor& actor, FormOptions options)
      : services_(services), actor_(actor), options_(std::move(options)) {}

  base::Result<void> read(Request& request);
  // Nothing if it did not come.
  const std::optional<std::string>& kept() const { return kept_; }
  bool has_files() const { return !names_.empty(); }
  const std::set<std::string>& file_names() const { return names_; }
  // Stores what has come; Code::invalid if no file did.
  base::Result<std::vector<UploadItem>> finish();

 private:
  enum class Field { metadata, password, kept, file };
  base::Result<Field> field_of(const Part& part) const;
  base::Result<void> begin(const Part& part);
  base::Result<void> data(std::string_view bytes);
  base::Result<void> end();
  base::Result<void> begin_file(const std::string& name);
  void begin_upload();

  Services& services_;
  const Actor& actor_;
  const FormOptions options_;
  corpus::SourceDetails details_;
  std::string password_;
  std::optional<std::string> kept_;
  std::optional<Upload> upload_;
  std::set<std::string> names_;  // of the files so far
  Field field_ = Field::file;    // that is arriving, and its text
  std::string text_;
};

}  // namespace server::http
