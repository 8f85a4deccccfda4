#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/doctor_parts.h"
#include "render/doctor_json.h"
#include "render/doctor_text.h"
#include "render/golden_for_test.h"
#include "render/json_text.h"
#include "render/samples_for_test.h"
#include "render/schema_for_test.h"

namespace kiln::render::doctor_test {
namespace {

using nlohmann::json;

constexpr const char* kSchema = "schemas/doctor.schema.json";

}  // namespace

TEST(DoctorText, healthy) {
  expect_golden("cli/doctor/healthy.txt", doctor_text(samples::healthy_checkup(), {false, true, 80}));
}

TEST(DoctorText, troubled) {
  expect_golden("cli/doctor/troubled-80.txt", doctor_text(samples::troubled_checkup(), {false, true, 80}));
  expect_golden("cli/doctor/troubled-200.txt", doctor_text(samples::troubled_checkup(), {true, true, 200}));
}

TEST(DoctorText, shows_no_escapes_of_hosts) {
  engine::Checkup checkup = samples::troubled_checkup();
  for (engine::Examination& check : checkup.checks)
    for (engine::Finding& finding : check.findings) finding.subject = finding.evidence = "\x1b[2J\n";
  const std::string text = doctor_text(checkup, {false, true, 80});
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

TEST(DoctorJson, troubled) {
  expect_golden("cli/doctor/troubled.json", json_text(doctor_json(samples::troubled_checkup())));
}

TEST(DoctorGuide, tells_of_every_check) {
  std::ifstream file(std::string(KILN_SOURCE_DIR) + "/docs/how-to/doctor.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const engine::DoctorCheck& check : engine::doctor_checks())
    EXPECT_NE(page.find("\n| `" + std::string(check.slug) + "` |"), std::string::npos) << check.slug;
}

TEST(DoctorJson, fits_the_published_schema) {
  EXPECT_EQ(schema_problems(kSchema, doctor_json(samples::healthy_checkup())), "");
  EXPECT_EQ(schema_problems(kSchema, doctor_json(samples::troubled_checkup())), "");
}

TEST(DoctorSchema, refuses_what_it_should) {
  const json whole = doctor_json(samples::troubled_checkup());
  for (const std::string at : {"", "/checks/0", "/checks/0/findings/0"}) {
    const json::json_pointer pointer(at);
    for (const auto& [key, value] : whole.at(pointer).items()) {
      json lacking = whole;
      lacking.at(pointer).erase(key);
      EXPECT_NE(schema_problems(kSchema, lacking), "") << at << " without " << key;
    }
    json more = whole;
    more.at(pointer)["content"] = "more";
    EXPECT_NE(schema_problems(kSchema, more), "") << at;
    json other = whole;
    other.at(pointer)["verdict"] = "OK";
    EXPECT_NE(schema_problems(kSchema, other), "") << at;
  }
}

}  // namespace kiln::render::doctor_test
