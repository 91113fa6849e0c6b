// Command-line verbs: one file each; verbs.cc has the table of all, client_verbs.cc that of those
// which need nothing but a server. CLI11 lives behind this header.
//
//   Verb make_doctor_verb() {
//     auto data = std::make_shared<std::string>();
//     return {"doctor", "check this machine",
//             [=](Options& o) { o.text("--data", *data, "the data directory").required(); },
//             [=] { return doctor(*data); }};
//   }
//
// Exit codes: 0 done, 1 failed, 2 wrong use, 75 try again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace server::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUse = 2;
inline constexpr int kTryAgain = 75;

// Declares the options of one verb. The targets must live until the verb has run. A name that
// begins with '-' is an option, another one a positional argument.
class Options {
 public:
  explicit Options(void* app) : app_(app) {}

  // The handle of the option just declared.
  class Declared {
   public:
    explicit Declared(void* option) : option_(option) {}
    Declared& required();
    Declared& one_of(const std::vector<std::string>& values);
    Declared& environment(const std::string& variable);

   private:
    void* option_;
  };

  Declared text(const std::string& name, std::string& target, const std::string& help);
  Declared texts(const std::string& name, std::vector<std::string>& target,
                 const std::string& help);
  Declared number(const std::string& name, int& target, const std::string& help);
  Declared flag(const std::string& name, bool& target, const std::string& help);

 private:
  void* app_;
};

struct Verb {
  std::string name;  // "serve" or, for a verb of a verb, "user add"
  std::string help;
  std::function<void(Options&)> declare;
  std::function<int()> run;
};

// Says what went wrong on stderr and gives the exit status: 75 where trying again may help.
int fail(const base::Error& error);

// Parses and runs; prints help and errors itself. `about` is the program's line in --help.
int run_command_line(int argc, char** argv, const std::string& name, const std::string& about,
                     const std::vector<Verb>& verbs);

}  // namespace server::cli
