#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render/golden_for_test.h"
#include "render/json_text.h"
#include "render/samples_for_test.h"
#include "render/status_json.h"
#include "render/status_text.h"

namespace kiln::render {

TEST(StatusText, healthy) {
  expect_golden("cli/status/healthy.txt", status_text(samples::healthy_status(), {false, true, 80}));
  engine::Status drained = samples::healthy_status();
  drained.nodes[1].maintenance = true;
  for (const std::size_t service : {0U, 1U}) drained.nodes[1].services[service].state = "maintenance";
  drained.chassis.erase(drained.chassis.begin() + 1);
  expect_golden("cli/status/maintenance.txt", status_text(drained, {false, true, 80}));
}

TEST(StatusText, troubled) {
  expect_golden("cli/status/troubled-80.txt", status_text(samples::troubled_status(), {false, true, 80}));
  expect_golden("cli/status/troubled-200.txt", status_text(samples::troubled_status(), {true, true, 200}));
}

TEST(StatusJson, troubled) {
  expect_golden("cli/status/troubled.json", json_text(status_json(samples::troubled_status())));
}

}  // namespace kiln::render
