#include "server/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

namespace server::cli {
namespace {

CLI::App* as_app(void* pointer) {
  return static_cast<CLI::App*>(pointer);
}
CLI::Option* as_option(void* pointer) {
  return static_cast<CLI::Option*>(pointer);
}

// The sub-command of that name, made on first sight: "user add" lies below "user", whose help names
// its verbs.
CLI::App* subcommand(CLI::App& root, const std::string& name, const std::string& help) {
  const size_t blank = name.find(' ');
  if (blank == std::string::npos) return root.add_subcommand(name, help);
  const std::string group = name.substr(0, blank);
  CLI::App* parent = nullptr;
  for (CLI::App* known : root.get_subcommands([](CLI::App*) { return true; })) {
    if (known->get_name() == group) parent = known;
  }
  if (parent == nullptr) {
    parent = root.add_subcommand(group);
    parent->require_subcommand(1);
  }
  const std::string verb = name.substr(blank + 1);
  const std::string others = parent->get_description();
  parent->description(others.empty() ? verb : others + ", " + verb);
  return parent->add_subcommand(verb, help);
}

}  // namespace

Options::Declared& Options::Declared::required() {
  as_option(option_)->required();
  return *this;
}
Options::Declared& Options::Declared::one_of(const std::vector<std::string>& values) {
  as_option(option_)->check(CLI::IsMember(values));
  return *this;
}
Options::Declared& Options::Declared::environment(const std::string& variable) {
  as_option(option_)->envname(variable);
  return *this;
}

Options::Declared Options::text(const std::string& name, std::string& target,
                                const std::string& help) {
  return Declared(as_app(app_)->add_option(name, target, help)->capture_default_str());
}
Options::Declared Options::texts(const std::string& name, std::vector<std::string>& target,
                                 const std::string& help) {
  return Declared(as_app(app_)->add_option(name, target, help));
}
Options::Declared Options::number(const std::string& name, int& target, const std::string& help) {
  return Declared(as_app(app_)->add_option(name, target, help)->capture_default_str());
}
Options::Declared Options::flag(const std::string& name, bool& target, const std::string& help) {
  return Declared(as_app(app_)->add_flag(name, target, help));
}

int fail(const base::Error& error) {
  std::fprintf(stderr, "glossator: %s\n", base::to_string(error).c_str());
  return error.code == base::Code::busy ? kTryAgain : kFailed;
}

int run_command_line(int argc, char** argv, const std::string& name, const std::string& about,
                     const std::vector<Verb>& verbs) {
  CLI::App root(about, name);
  root.set_version_flag("--version", name + " " GLOSSATOR_VERSION);
  root.require_subcommand(1);
  std::map<CLI::App*, const Verb*> declared;
  for (const Verb& verb : verbs) {
    CLI::App* app = subcommand(root, verb.name, verb.help);
    Options options(app);
    verb.declare(options);
    declared[app] = &verb;
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return root.exit(error) == 0 ? kDone : kWrongUse;
  }
  for (const auto& [app, verb] : declared) {
    if (app->parsed()) return verb->run();
  }
  return kWrongUse;
}

}  // namespace server::cli
