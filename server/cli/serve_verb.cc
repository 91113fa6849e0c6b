// serve: opens the data directory, starts reading and answering, waits for a signal, drains.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "ocr/worker_pool.h"
#include "server/cli/verbs.h"
#include "server/flow/housekeeping.h"
#include "server/flow/index.h"
#include "server/flow/members.h"
#include "server/flow/process.h"
#include "server/flow/services.h"
#include "server/http/asset_routes.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "server/http/server.h"
#include "storage/user_store.h"
#include "web/assets.h"

namespace server::cli {
namespace {

using base::Result;

constexpr std::chrono::seconds kPatience{20};

struct ServeOptions {
  std::string data;
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  std::string address_file;
  std::string sandbox = "full";
  std::string log_format = "json";
  std::string tls_certificate;
  std::string tls_key;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> languages;
  int workers = 0;
  int threads = 256;
  int open_uploads_gib = 64;
  int pack_cache_mib = 2048;
  int grace_days = 14;
};

ServerConfig config_of(const ServeOptions& options) {
  ServerConfig config;
  config.data = options.data;
  config.workers = options.workers;
  config.public_url = options.public_url;
  config.most_promised_bytes = static_cast<uint64_t>(std::max(options.open_uploads_gib, 0)) << 30;
  config.most_kept_pack_bytes = static_cast<uint64_t>(std::max(options.pack_cache_mib, 0)) << 20;
  config.grace_days = std::max(options.grace_days, 0);
  if (!options.languages.empty()) config.languages = options.languages;
  if (options.sandbox == "seccomp-only") config.sandbox = ocr::SandboxMode::seccomp_only;
  return config;
}

http::HttpServer::Options http_options(const ServeOptions& options) {
  http::HttpServer::Options out;
  out.listen = options.listen;
  out.threads = static_cast<unsigned>(options.threads);
  out.trusted_proxies = options.trusted_proxies;
  if (!options.tls_certificate.empty()) {
    out.tls = http::TlsFiles{options.tls_certificate, options.tls_key};
  }
  return out;
}

constexpr char kOwnerAddress[] = "owner@localhost";

// The first start makes an owner of the server and of what is there, whose password is set by a
// link that works once.
Result<std::string> owner_link(Services& services) {
  return services.database->write([](storage::Transaction& tx) -> Result<std::string> {
    storage::UserStore users(tx);
    if (!TRY(users.users()).empty()) return std::string();
    const base::Milliseconds now = base::now_milliseconds();
    if (TRY(users.organisations()).empty()) TRY(users.create_organisation("main", "Main", now));
    const auto owner = TRY(users.create_user({"Owner", {kOwnerAddress}}, now));
    TRY(users.set_server_owner(owner.id, true));
    for (const storage::Organisation& organisation : TRY(users.organisations())) {
      TRY(users.set_role(organisation.id, owner.id, corpus::Role::owner));
    }
    return create_password_link(users, owner.id);
  });
}

// Blocks the signals that end the server, before any thread starts; wait() then takes them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  void wait() {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_;
};

Result<void> announce(const ServeOptions& options, const std::string& url,
                      const std::string& link) {
  base::log_info("listening", {{"url", url}});
  if (ocr::find_line_detector().empty()) {
    base::log_warning("no line detector is installed: scans are read less well");
  }
  if (!link.empty()) {
    std::printf(
        "Open this once to become the owner (it works for a day):\n  %s/#link=%s\n"
        "From then on you sign in as %s, with the password that you choose there.\n",
        url.c_str(), link.c_str(), kOwnerAddress);
    std::fflush(stdout);
  }
  if (options.address_file.empty()) return {};
  return base::write_file_durably(options.address_file, url + "\n");
}

Result<void> serve(const ServeOptions& options) {
  base::give_memory_back_early();
  StopSignals signals;
  auto services = TRY(open_services(config_of(options), Readers::start));
  http::RateLimiter failures({.per_second = 0.2, .burst = 20});
  http::Router router(http::make_authorizer(*services, failures));
  http::add_all_routes(router, *services);
  router.set_fallback(http::serve_assets(web::assets()));
  TRY(router.check());

  // The catalogue needs the address before the first repository is made.
  auto server = TRY(http::HttpServer::start(
      http_options(options), [&](http::Request& request) { return router.handle(request); }));
  const std::string url =
      !options.public_url.empty()
          ? options.public_url
          : (options.tls_certificate.empty() ? "http://" : "https://") + server->address();
  services->catalog->set_public_url(url);
  TRY(catch_up_all(*services));
  Processing processing(*services);
  Housekeeping housekeeping(*services);
  TRY(announce(options, url, TRY(owner_link(*services))));

  signals.wait();
  base::log_info("stopping");
  services->events->interrupt();
  services->jobs->interrupt();
  server->stop(kPatience);
  processing.stop();
  housekeeping.stop();
  base::log_info("stopped");
  return {};
}

}  // namespace

Verb serve_verb() {
  auto o = std::make_shared<ServeOptions>();
  return {"serve", "run the server on a data directory",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory; made if it is not there")
                .required()
                .environment("GLOSSATOR_DATA");
            options.text("--listen", o->listen, "HOST:PORT; port 0 takes a free one")
                .environment("GLOSSATOR_LISTEN");
            options.text("--public-url", o->public_url, "the address as users reach it")
                .environment("GLOSSATOR_PUBLIC_URL");
            options.text("--address-file", o->address_file,
                         "where to write the address once ready");
            options.number("--workers", o->workers, "pages read at once; 0: one for each core");
            options.number("--threads", o->threads, "connections served at once");
            options.number("--open-uploads-gib", o->open_uploads_gib,
                           "of one user's unfinished uploads together");
            options.number("--pack-cache-mib", o->pack_cache_mib,
                           "on disk, of packs for git clients who ask for the same; 0: none");
            options.number("--grace-days", o->grace_days,
                           "how long git objects that nothing reaches are kept; 14 if left out");
            options.texts("--language", o->languages, "of OCR, e.g. eng; may be repeated");
            options.text("--sandbox", o->sandbox, "seccomp-only: do without Landlock")
                .one_of({"full", "seccomp-only"});
            options.text("--tls-certificate", o->tls_certificate, "PEM file");
            options.text("--tls-key", o->tls_key, "PEM file");
            options.texts("--trusted-proxy", o->trusted_proxies,
                          "address whose X-Forwarded-For is believed; may be repeated");
            options.text("--log-format", o->log_format, "json or text").one_of({"json", "text"});
          },
          [o] {
            base::set_log(base::LogLevel::info,
                          o->log_format == "text" ? base::LogFormat::text : base::LogFormat::json);
            const auto served = serve(*o);
            return served.ok() ? kDone : fail(served.error());
          }};
}

}  // namespace server::cli
