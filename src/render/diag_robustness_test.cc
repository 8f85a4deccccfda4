#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "base/every_for_test.h"
#include "config/load.h"
#include "render/diag.h"

/// The loader on texts that nobody would write.

namespace kiln::render::diag_robustness_test {
namespace {

class OneFile : public FileIo {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string& /*path*/) const override { return text_; }
  Result<> write(const std::string&, const std::string&, unsigned) override { return {}; }

 private:
  std::string text_;
};

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(KILN_SOURCE_DIR "/examples"))
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  return paths;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Either a result or an error; what is said about it can be shown.
void expect_sane(const std::string& text) {
  const config::Loaded loaded = config::load("/nowhere/kiln.toml", OneFile(text));
  ASSERT_EQ(loaded.desired.has_value(), !loaded.diags.has_errors());
  ASSERT_EQ(render_diags(loaded.diags, loaded.sources, true).empty(), loaded.diags.empty());
  for (const Diag& diag : loaded.diags.all()) ASSERT_TRUE(diag.span.known()) << diag.message;
}

TEST(Examples, are_valid_without_a_warning) {
  const SystemFileIo files;
  for (const auto& path : examples()) {
    const config::Loaded loaded = config::load(path.string(), files);
    EXPECT_TRUE(loaded.desired && loaded.diags.empty()) << render_diags(loaded.diags, loaded.sources, false);
  }
  EXPECT_GE(examples().size(), 3U);
}

TEST(Robustness, survives_examples_cut_at_every_byte) {
  for (const auto& path : examples()) {
    const std::string text = content_of(path);
    for (std::size_t length = 0; length < text.size(); length += kEvery)
      ASSERT_NO_FATAL_FAILURE(expect_sane(text.substr(0, length))) << path << " cut at " << length;
  }
}

TEST(Robustness, survives_examples_with_changed_bytes) {
  std::mt19937 random(20261121);
  const std::string_view bytes = "[]{}=.,\"'\\\n\t#0aZ-_ \x01\x7f\xc3\xff";
  for (const auto& path : examples()) {
    const std::string text = content_of(path);
    for (std::size_t round = 0; round < 2000; round += kEvery) {
      std::string changed = text;
      for (unsigned change = 0; change <= random() % 3; ++change)
        changed[random() % changed.size()] = bytes[random() % bytes.size()];
      ASSERT_NO_FATAL_FAILURE(expect_sane(changed)) << changed;
    }
  }
}

TEST(Robustness, loads_thousands_of_ports_quickly) {
  std::string text = "[cluster]\nname = \"large\"\n[ca]\npassphrase = { env = \"P\" }\n";
  for (int node = 0; node < 200; ++node)
    text += "[nodes.n" + std::to_string(node) + "]\naddress = \"10.0.0." + std::to_string(node + 1) +
            "\"\nencap = { ip = \"10.0.1." + std::to_string(node + 1) + "\" }\n";
  for (int port = 0; port < 5000; ++port) {
    const std::string name = "p" + std::to_string(port);
    const std::string ip = "10.1." + std::to_string(port / 250) + '.' + std::to_string(port % 250 + 1);
    char mac[] = "02:00:00:00:00:00";
    std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", static_cast<unsigned>(port >> 8) & 0xffU,
                  static_cast<unsigned>(port) & 0xffU);
    text += "[switches.ls1.ports." + name + "]\naddresses = [\"" + mac + ' ' + ip +
            "\"]\nport-security = true\n" + "[workloads." + name + "]\nnode = \"n" +
            std::to_string(port % 200) + "\"\nport = \"ls1/" + name + "\"\nip = \"" + ip + "/16\"\n";
  }
  const auto start = std::chrono::steady_clock::now();
  const config::Loaded loaded = config::load("/nowhere/kiln.toml", OneFile(text));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::cout << "200 nodes, 5000 ports and workloads (" << text.size() / 1024 << " KiB): " << took.count()
            << " ms\n";
  ASSERT_TRUE(loaded.desired) << render_diags(loaded.diags, loaded.sources, false);
  EXPECT_EQ(loaded.desired->workloads.size(), 5000U);
}

}  // namespace
}  // namespace kiln::render::diag_robustness_test
