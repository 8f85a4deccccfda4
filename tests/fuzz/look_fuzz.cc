// What a host prints for a script of looks, whole, cut and hostile.
//
// An input that begins with `!` is the output as it comes. Any other is the content of the sections, with
// ASCII's record separator between them, each with its exit code in its last line, and behind them what is
// told of the files: these are framed as a host frames them, and cut at two places. What was cut away is then
// Unknown, never Absent, and what is there reads as in the whole output.

#include <algorithm>

#include "base/assert.h"
#include "base/quote.h"
#include "base/text.h"
#include "fuzz.h"
#include "transport/look_script.h"

namespace kiln::transport {
namespace {

constexpr char kSeparator = '\x1e';
const HostName kHost = "n1";
const std::string kNonce = "k00ff";

/// A look of each kind, and two of those that share a section.
const std::vector<Look> kLooks = {
    HostLook{},
    FileLook{"/etc/kiln/ovn.env"},
    FileLook{"/etc/b"},
    FileLook{.path = "/etc/key.pem", .content = false},
    DatabaseFileLook{Database::northbound},
    DatabaseLogLook{Database::northbound},
    DatabaseCheckLook{Database::northbound},
    RaftLook{Database::northbound},
    AppctlLook{"ovn-northd", "status"},
    NamespaceLook{"vm1"},
    ServedCertificateLook{"192.0.2.11", 6641},
    PingLook{"vm1", "172.16.255.22", 3},
    ListenersLook{},
    FlowsLook{"br-int"},
    FlowsLook{"br-phys", true},
    UnitLook{"ovn-northd.service"},
    UnitLook{"ovn-controller.service"},
    LogLook{.daemon = "nb", .since_ms = 1, .most = 9, .journal_cursor = "s=1", .file_cursor = ""},
    PackageLook{"ovn-central"},
    PackageLook{"ovn-host"}};

const LookScript& script() {
  static const LookScript made = make_look_script(kHost, kLooks, kNonce);
  return made;
}

Facts read(const std::string& output) {
  return read_look_output(kHost, script(), kNonce, output);
}

const Unknown* unknown(const Facts& facts, const Look& look) {
  return std::get_if<Unknown>(&facts.at({kHost, look}));
}

/// Every look has an answer, and what is not known says why.
void check_answers(const Facts& facts) {
  KILN_ASSERT(facts.all().size() == script().looks.size());
  for (const Look& look : script().looks) {
    const Unknown* found = unknown(facts, look);
    KILN_ASSERT(!found || !found->why.empty());
  }
}

std::string framed(const std::string& input) {
  std::string output;
  std::size_t number = 0;
  for (const std::string& content : split(input, kSeparator)) {
    if (number == script().sections.size())
      return output + kNonce + " files " + encode_base64(content) + '\n';
    const std::size_t last_line = content.rfind('\n');
    const std::string section = kNonce + ' ' + std::to_string(number++);
    output += section + '\n' + content.substr(0, last_line) + '\n' + section + " ends " +
              (last_line == std::string::npos ? "0" : content.substr(last_line + 1)) + '\n';
  }
  return output;
}

void check_cut(const std::string& output, const Facts& whole, std::size_t length) {
  const Facts cut = read(output.substr(0, length));
  check_answers(cut);
  for (const Look& look : script().looks)
    KILN_ASSERT(unknown(cut, look) || cut.at({kHost, look}) == whole.at({kHost, look}));
}

void check_sections(const std::string& input) {
  const std::string output = framed(input);
  const Facts whole = read(output);
  check_answers(whole);
  if (output.empty()) return;
  const std::size_t at = input.size() * 7919 % output.size();  // somewhere else for another input
  check_cut(output, whole, at);
  check_cut(output, whole, output.find('\n', at));  // the line is there but for its end
}

}  // namespace
}  // namespace kiln::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::transport;
  const std::string input = kiln::fuzz::text_of(data, size);
  if (input.starts_with('!'))
    check_answers(read(input.substr(1)));
  else
    check_sections(input);
  return 0;
}
