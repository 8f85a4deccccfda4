#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "render/golden_for_test.h"
#include "render/history_json.h"
#include "render/history_text.h"
#include "render/json_text.h"
#include "render/line.h"
#include "render/samples_for_test.h"

namespace kiln::render {
namespace {

History detailed() {
  History history = samples::history();
  history.detailed = true;
  return history;
}

}  // namespace

TEST(HistoryText, a_table_on_80_and_on_200_columns) {
  expect_golden("cli/history/80.txt", history_text(samples::history(), {false, true, 80}));
  expect_golden("cli/history/200.txt", history_text(samples::history(), {true, true, 200}));
}

TEST(HistoryText, each_run_with_its_steps_and_actions) {
  expect_golden("cli/history/detailed-80.txt", history_text(detailed(), {false, true, 80}));
  expect_golden("cli/history/detailed-200-ascii.txt", history_text(detailed(), {false, false, 200}));
}

TEST(HistoryText, what_could_not_be_read_is_counted) {
  expect_golden("cli/history/damaged-80.txt", history_text(samples::damaged_history(), {false, true, 80}));
}

TEST(HistoryText, an_empty_journal_is_a_sentence) {
  History history;
  history.cluster = "edge";
  history.journal = "/j";
  EXPECT_EQ(history_text(history, {}), "edge: no run of `kiln apply` is in the journal /j\n");
}

TEST(HistoryText, no_line_is_wider_than_the_terminal) {
  for (const std::size_t width : {80U, 100U, 120U, 200U})
    for (const History& history : {samples::history(), detailed(), samples::damaged_history()})
      for (const std::string& line : split(history_text(history, {false, true, width}), '\n'))
        EXPECT_LE(width_of(line), width) << line;
}

TEST(HistoryJson, the_same_content) {
  expect_golden("cli/history/table.json", json_text(history_json(samples::damaged_history())));
  expect_golden("cli/history/detailed.json", json_text(history_json(detailed())));
}

}  // namespace kiln::render
