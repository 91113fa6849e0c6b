#include "server/http/form_upload.h"

#include "base/json.h"

namespace server::http {

using base::Result;

namespace {

constexpr size_t kMetadataLimit = size_t{1} << 20;
constexpr size_t kPasswordLimit = 1024;

}  // namespace

Result<void> FormUpload::read(Request& request) {
  const std::string boundary = TRY(boundary_of(request.headers.value_or("content-type", "")));
  return read_multipart(request, boundary,
                        {.begin = [this](const Part& part) { return begin(part); },
                         .data = [this](std::string_view bytes) { return data(bytes); },
                         .end = [this] { return end(); }});
}

Result<std::vector<UploadItem>> FormUpload::finish() {
  if (!upload_) return base::Error{base::Code::invalid, "the form has no file"};
  return upload_->finish();
}

Result<FormUpload::Field> FormUpload::field_of(const Part& part) const {
  if (!options_.kept.empty() && part.name == options_.kept) return Field::kept;
  if (part.file_name) return Field::file;
  if (part.name == "metadata") return Field::metadata;
  if (part.name == "password") return Field::password;
  return base::Error{base::Code::invalid, "unknown field \"" + part.name + "\" in the form"};
}

Result<void> FormUpload::begin(const Part& part) {
  field_ = TRY(field_of(part));
  text_.clear();
  if (field_ == Field::file) return begin_file(*part.file_name);
  if (field_ == Field::kept && kept_) {
    return base::Error{base::Code::invalid, "the form has two parts \"" + part.name + "\""};
  }
  if (field_ != Field::kept && has_files()) {
    return base::Error{base::Code::invalid, part.name + " must come before the files"};
  }
  return {};
}

Result<void> FormUpload::data(std::string_view bytes) {
  if (field_ == Field::file) return upload_ ? upload_->write(bytes) : Result<void>();
  const size_t limit = field_ == Field::password ? kPasswordLimit
                       : field_ == Field::kept   ? options_.kept_limit
                                                 : kMetadataLimit;
  if (text_.size() + bytes.size() > limit) return body_too_large(limit);
  text_ += bytes;
  return {};
}

Result<void> FormUpload::end() {
  switch (field_) {
    case Field::file:
      return upload_ ? upload_->end_file() : Result<void>();
    case Field::password:
      password_ = std::move(text_);
      break;
    case Field::kept:
      kept_ = std::move(text_);
      break;
    case Field::metadata:
      details_ = TRY(corpus::parse_source_details(TRY(base::parse_json(text_))));
      break;
  }
  return {};
}

Result<void> FormUpload::begin_file(const std::string& name) {
  names_.insert(name.substr(name.find_last_of('/') + 1));
  if (options_.dry_run) return {};
  if (!upload_) begin_upload();
  return upload_->begin_file(name);
}

void FormUpload::begin_upload() {
  upload_.emplace(services_, actor_, details_, options_.waits);
  upload_->unlock_with(password_);
}

}  // namespace server::http
