// Stands in for Apache and git-http-backend in git's own test scripts: serves the repositories
// below ROOT/www by the product's HTTP server, smart HTTP layer and vcs/. tests/conformance/httpd
// starts it; README.md there says how a run works.
//
//   conformance_server ROOT ADDRESS
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "server/http/auth.h"
#include "server/http/server.h"
#include "server/http/smart_http.h"
#include "tests/conformance/address.h"
#include "tests/conformance/command.h"
#include "tests/conformance/served_repository.h"

namespace conformance {
namespace {

using base::Path;
using base::Result;
using server::http::Credentials;
using server::http::Method;
using server::http::Reply;
using server::http::Request;

// In lib-httpd/passwd of the suite.
constexpr std::string_view kUser = "user@host";
constexpr std::string_view kPassword = "pass@host";

Service service_of(const Request& request, const Address& address) {
  std::string name = address.resource;
  if (name == "info/refs") name = request.query.string_or("service", "");
  if (name == "git-upload-pack") return Service::fetch;
  return name == "git-receive-pack" ? Service::push : Service::none;
}

bool knows_password(const Request& request) {
  const Credentials claimed =
      server::http::parse_authorization(request.headers.value_or("authorization", ""));
  return claimed.kind == Credentials::Kind::basic && claimed.user == kUser &&
         claimed.secret == kPassword;
}

bool knows_magic(const Request& request) {
  return request.headers.value_or("x-magic-one", "") == "abra" &&
         request.headers.value_or("x-magic-two", "") == "cadabra";
}

Reply ask_for_password() {
  return Reply::text(401, "a password is needed\n")
      .with("WWW-Authenticate", "Basic realm=\"git-auth\"");
}

class Site {
 public:
  explicit Site(Path root) : root_(std::move(root)) {}

  Reply answer(Request& request) {
    Reply reply = find_and_serve(request);
    log(request, reply.status);
    return reply;
  }

 private:
  Reply find_and_serve(Request& request) {
    if (const auto moved = redirect_of(request.path, request.raw_query)) {
      return Reply::redirect(moved->status, request.base_url() + moved->location);
    }
    const auto address = parse_address(request.path);
    if (!address) return Reply::text(404, "no such address\n");
    const Service service = service_of(request, *address);
    if (address->needs_password(service) && !knows_password(request)) return ask_for_password();
    if (address->mount->wants_magic && !knows_magic(request)) return Reply::text(403, "no\n");
    auto reply = serve(request, *address, service);
    if (!reply.ok()) return Reply::text(refusal_of(reply.error()), reply.error().what + "\n");
    if (address->mount->runs_one_time) return changed_once(std::move(reply).value());
    if (address->mount->sets_cookie) return std::move(*reply).set_cookie("name=value");
    return std::move(reply).value();
  }

  static int refusal_of(const base::Error& error) {
    return error.code == base::Code::not_found ? 404 : 400;
  }

  Result<Reply> serve(Request& request, const Address& address, Service service) {
    const auto repository = TRY(ServedRepository::open(root_ / "www" / address.repository));
    if (address.mount->speaks_v0_only) request.headers.remove("git-protocol");
    if (service == Service::push && !repository->takes_pushes_of_strangers() &&
        !knows_password(request)) {
      return Reply::text(403, "pushes are not taken here\n");
    }
    if (address.resource == "info/refs") return advertise(request, *repository, service);
    if (request.method != Method::post) return Reply::text(405, "POST only\n");
    return service == Service::fetch ? fetch(request, repository) : push(request, repository);
  }

  static Result<Reply> advertise(const Request& request, const ServedRepository& repository,
                                 Service service) {
    if (service == Service::fetch) {
      return server::http::advertise_fetch(request, repository.upload_pack());
    }
    if (service == Service::push) return server::http::advertise_push(repository.receive_pack());
    return server::http::refuse_service(request.query.string_or("service", ""));
  }

  static Result<Reply> fetch(Request& request, std::shared_ptr<ServedRepository> repository) {
    if (request.media_type() != server::http::kFetchRequestType) return wrong_type();
    return server::http::serve_fetch(
        request,
        [repository](vcs::WireVersion version, std::string_view body, const vcs::Sink& out) {
          return repository->upload_pack().serve(version, body, out);
        });
  }

  static Result<Reply> push(Request& request, std::shared_ptr<ServedRepository> repository) {
    if (request.media_type() != server::http::kPushRequestType) return wrong_type();
    request.body_limit = server::http::kMaxPush;
    return server::http::serve_push(request,
                                    [repository](const vcs::Source& body, const vcs::Sink& out) {
                                      return repository->push(body, out);
                                    });
  }

  static Reply wrong_type() { return Reply::text(415, "this media type is not taken here\n"); }

  // The suite leaves a script to be applied to the first answer that it changes.
  Reply changed_once(Reply reply) {
    const Path script = root_ / "one-time-perl";
    if (!std::filesystem::exists(script)) return reply;
    const std::string before = body_of(reply);
    const CommandRun perl = run_command(
        {root_, {"perl", "-pe", MUST(base::read_file(script))}, {{"LC_ALL", "C"}}, before});
    if (perl.output != before) MUST(base::remove_file(script));
    reply.body = perl.output;
    return reply;
  }

  static std::string body_of(const Reply& reply) {
    if (const auto* text = std::get_if<std::string>(&reply.body)) return *text;
    std::string body;
    server::http::Writer collect([&](std::string_view bytes) -> Result<void> {
      body += bytes;
      return {};
    });
    (void)std::get<server::http::SizedStream>(reply.body).write(collect).ok();
    return body;
  }

  // Common log format. The size is not known yet; the suite only wants a number there.
  void log(const Request& request, int status) {
    std::string target = request.raw_path;
    if (!request.raw_query.empty()) target += "?" + request.raw_query;
    const std::string line = request.peer + " - - [-] \"" + std::string(name_of(request.method)) +
                             " " + target + " HTTP/" + request.version + "\" " +
                             std::to_string(status) + " 1\n";
    const std::lock_guard lock(mutex_);
    const auto file =
        MUST(base::open_file(root_ / "access.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC));
    MUST(base::write_all(file.get(), line));
  }

  const Path root_;
  std::mutex mutex_;  // of the log
};

void wait_for_the_end() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, each);
  int received = 0;
  sigwait(&signals, &received);
}

void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Result<void> run(const Path& root, const std::string& address) {
  Site site(root);
  server::http::HttpServer::Options options;
  options.listen = address;
  options.threads = 8;
  options.on_finished = [](const server::http::Exchange&) {};
  block_signals();  // before there are threads
  const auto server = TRY(server::http::HttpServer::start(
      std::move(options), [&site](Request& request) { return site.answer(request); }));
  // The file says that the server listens.
  TRY(base::write_file_durably(root / "httpd.pid", std::to_string(::getpid()) + "\n"));
  wait_for_the_end();
  server->stop(std::chrono::seconds(1));
  return base::remove_file(root / "httpd.pid");
}

}  // namespace
}  // namespace conformance

int main(int count, char** words) {
  if (count != 3) {
    std::fprintf(stderr, "usage: conformance_server ROOT ADDRESS\n");
    return 2;
  }
  const auto done = conformance::run(words[1], words[2]);
  if (!done.ok()) std::fprintf(stderr, "%s\n", base::to_string(done.error()).c_str());
  return done.ok() ? 0 : 1;
}
