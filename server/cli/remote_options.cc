#include "server/cli/remote_options.h"

#include <unistd.h>

#include <cstdio>

#include "server/cli/verbs.h"

namespace server::cli {

namespace {

Options::Declared declare(Options& options, RemoteWishes& wishes) {
  auto url = options.text("--url", wishes.url, "the server, like https://host");
  url.environment("GLOSSATOR_URL");
  options
      .text("--token-file", wishes.token_file,
            "a file with the token; without it the environment's GLOSSATOR_TOKEN is taken")
      .environment("GLOSSATOR_TOKEN_FILE");
  options
      .text("--authorities", wishes.authorities,
            "PEM file of the certificate authorities to trust; the system's if it is left out")
      .environment("GLOSSATOR_AUTHORITIES");
  return url;
}

}  // namespace

void declare_remote(Options& options, RemoteWishes& wishes) {
  declare(options, wishes).required();
}

void declare_optional_remote(Options& options, RemoteWishes& wishes) {
  declare(options, wishes);
}

base::Result<client::Remote> remote_of(const RemoteWishes& wishes) {
  return client::Remote(
      {wishes.url, TRY(client::read_token(wishes.token_file)), wishes.authorities});
}

int fail_remotely(const base::Error& error) {
  const int status = fail(error);
  return error.code == base::Code::invalid ? kWrongUse : status;
}

namespace {

bool is_watched() {
  return ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

void show_line(const std::string& text) {
  if (is_watched()) std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
}

void clear_line() {
  if (is_watched()) std::fprintf(stderr, "\r\x1b[K");
}

std::string size_text(uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

}  // namespace server::cli
