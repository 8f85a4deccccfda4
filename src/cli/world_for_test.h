#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <istream>
#include <map>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include "cli/run.h"

/// Whole command lines in a world where no host answers and nothing is on the controller.

namespace kiln::cli {

/// No node answers, and there is nothing on the controller.
class SilentTransport : public transport::Transport {
 public:
  explicit SilentTransport(const Fact& on_controller) : on_controller_(on_controller) {}
  Facts look(const HostName& host, const std::vector<Look>& looks, Duration /*timeout*/) override {
    Facts facts;
    for (const Look& look : looks)
      facts.set({host, look},
                host == kController ? on_controller_ : Fact(Unknown{host + " does not answer"}));
    return facts;
  }
  Result<transport::Outcome> act(const HostName& host, const Action& /*action*/,
                                 Duration /*timeout*/) override {
    ADD_FAILURE() << "nothing may be done to " << host;
    return fail(ErrorCode::unreachable, "no answer");
  }
  Result<transport::DatabaseCopy> copy_database(const HostName&, Database, const std::string&,
                                                Duration) override {
    return fail(ErrorCode::unreachable, "no answer");
  }
  transport::Counters counters() const override { return {}; }

 private:
  const Fact& on_controller_;
};

class FakeFiles : public FileIo {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, unsigned> modes;

  Result<std::string> read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end())
      return fail(ErrorCode::not_found, "cannot read `" + path + "`: No such file or directory");
    return found->second;
  }
  Result<> write(const std::string& path, const std::string& content, unsigned mode) override {
    files[path] = content;
    modes[path] = mode;
    return {};
  }
};

class FixedClock : public Clock {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::seconds(1795233146)); }
  Duration monotonic() const override { return Duration{0}; }
};

class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'k'); }
};

inline constexpr const char* kOneNode =
    "[cluster]\nname = \"edge\"\n\n[ca]\npassphrase = { env = \"KILN_TEST_NO_SUCH_VARIABLE\" }\n\n"
    "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\", \"chassis\", \"switch\"]\n";

/// What is typed, once somebody reads it; `on_answer` runs just before.
class Typed : public std::streambuf {
 public:
  Typed(std::string text, std::function<void()> on_answer)
      : text_(std::move(text)), on_answer_(std::move(on_answer)) {}

 protected:
  int_type underflow() override {
    if (on_answer_) on_answer_();
    setg(text_.data(), text_.data() + (read_ ? text_.size() : 0), text_.data() + text_.size());
    read_ = true;
    return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

 private:
  std::string text_;
  std::function<void()> on_answer_;
  bool read_ = false;
};

struct Ran {
  std::string out;
  std::string err;
  ExitCode code{};
};

/// One controller with its files, for one command line after the other.
struct Controller {
  FakeFiles files;
  Fact looks = Absent{};            ///< whatever is looked at on it
  std::string typed;                ///< on stdin
  std::function<void()> on_answer;  ///< what happens while somebody is asked
  bool terminal = false;            ///< stdin and stderr are one

  Ran run(const std::vector<std::string>& words) {
    std::ostringstream out;
    std::ostringstream err;
    Typed answers(typed, on_answer);
    std::istream in(&answers);
    const FixedClock clock;
    FixedRandom random;
    World world{
        .out = {out},
        .err = {err, terminal},
        .in = in,
        .in_terminal = terminal,
        .environment =
            [](const std::string& name) { return std::string(name == "HOME" ? "/nonexistent" : ""); },
        .files = files,
        .mode_of = [this](const std::string& path) { return files.modes[path]; },
        .clock = clock,
        .random = random,
        .make_transport = [this](const Desired&,
                                 transport::Signer&) { return std::make_unique<SilentTransport>(looks); },
        .own_cpu = [] { return Duration{1}; }};
    const ExitCode code = cli::run(words, world);
    return {out.str(), err.str(), code};
  }
};

inline Ran run_with(const std::vector<std::string>& words, std::map<std::string, std::string> files) {
  Controller controller;
  controller.files.files = std::move(files);
  return controller.run(words);
}

}  // namespace kiln::cli
