#include "render/doctor_json.h"

#include <nlohmann/json.hpp>

namespace kiln::render {

using engine::Health;
using nlohmann::json;

namespace {

json finding_json(const engine::Finding& finding) {
  return {{"verdict", to_string(finding.verdict)},
          {"subject", finding.subject},
          {"evidence", finding.evidence},
          {"mend", finding.mend}};
}

json check_json(const engine::Examination& check) {
  json findings = json::array();
  for (const engine::Finding& finding : check.findings) findings.push_back(finding_json(finding));
  const bool passed = check.verdict() == Health::pass;
  return {{"check", check.check},
          {"verdict", to_string(check.verdict())},
          {"evidence", passed ? check.passed : ""},
          {"findings", std::move(findings)}};
}

}  // namespace

json doctor_json(const engine::Checkup& checkup) {
  json checks = json::array();
  for (const engine::Examination& check : checkup.checks) checks.push_back(check_json(check));
  return {{"format_version", "1.0"},
          {"cluster", checkup.cluster},
          {"verdict", to_string(checkup.verdict())},
          {"checks", std::move(checks)}};
}

}  // namespace kiln::render
