#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/journal.h"
#include "render/samples_for_test.h"
#include "render/schema_for_test.h"

namespace kiln::render::journal_schema_test {
namespace {

using nlohmann::json;

constexpr const char* kSchema = "schemas/journal.schema.json";

/// What kiln writes: of each event, the lines.
std::map<std::string, std::vector<json>> written_lines() {
  std::string directory = testing::TempDir() + "kiln-journal-schema-XXXXXX";
  EXPECT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string path = engine::journal_path("edge", directory);
  const SystemClock clock;
  SystemRandom random;
  const auto journal = engine::Journal::open(path, clock, random);
  EXPECT_TRUE(journal) << journal.error().text();
  if (!journal) return {};
  const Plan plan = samples::one_host();
  const Step& step = plan.steps.at(0);
  (*journal)->begin_run(plan, "apply");
  (*journal)->intent(step, DaemonReload{});
  (*journal)->result(step, DaemonReload{}, false, "no answer");
  (*journal)->result(step, DaemonReload{}, true, "");
  (*journal)->end_run(samples::failed());
  (*journal)->end_run(samples::succeeded());
  std::map<std::string, std::vector<json>> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    json object = json::parse(line);
    lines[object["event"]].push_back(std::move(object));
  }
  return lines;
}

}  // namespace

TEST(JournalSchema, every_kind_of_line_fits_the_published_schema) {
  const auto lines = written_lines();
  EXPECT_EQ(lines.size(), 4U);
  for (const auto& [event, objects] : lines)
    for (const json& object : objects) EXPECT_EQ(schema_problems(kSchema, object), "") << object;
}

TEST(JournalSchema, refuses_what_it_should) {
  for (const auto& [event, objects] : written_lines()) {
    for (const auto& [key, value] : objects.front().items()) {
      json lacking = objects.front();
      lacking.erase(key);
      EXPECT_EQ(schema_problems(kSchema, lacking).empty(), key == "error") << event << " without " << key;
    }
    json more = objects.front();
    more["content"] = "a secret";
    EXPECT_NE(schema_problems(kSchema, more), "") << event;
  }
}

}  // namespace kiln::render::journal_schema_test
