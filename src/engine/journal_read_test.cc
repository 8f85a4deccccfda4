#include "engine/journal_read.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/every_for_test.h"
#include "base/text.h"
#include "engine/fakes_for_test.h"
#include "engine/journal.h"

namespace kiln::engine {
namespace {

using Outcome = PastAction::Outcome;

constexpr const char* kAt = "2019-12-20T00:00:00Z";

/// "01" times six, then "02" …: each run has another id.
class CountingRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, ++last_); }

 private:
  char last_ = 0;
};

Step step_named(const std::string& id) {
  Step step;
  step.id = id;
  step.host = "n1";
  return step;
}

Plan plan_of_two() {
  Plan plan;
  plan.cluster = "edge";
  plan.id = "3f9a12c0de77";
  plan.revision = "9c0ffee";
  plan.steps = {step_named("a"), step_named("b")};
  return plan;
}

Report report_of(StepStatus a, StepStatus b) {
  Report report;
  report.steps = {{"a", "n1", "", a, "", Duration{}}, {"b", "n1", "", b, "b's reason", Duration{}}};
  report.mutations = 3;
  report.took = Duration{12400};
  return report;
}

const Action kWrite = WriteFile{"/x", "", 0644};
const Action kReload = DaemonReload{};

class JournalReadTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string directory = testing::TempDir() + "kiln-journal-read-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    path_ = journal_path("edge", directory);
  }
  std::string content() const {
    std::ifstream file(path_);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(path_, time_, random_);
    EXPECT_TRUE(journal) << journal.error().text();
    return journal ? std::move(*journal) : nullptr;
  }
  /// Two runs at once, the first complete, the second with a failure.
  void write_two_runs() {
    const auto one = open();
    const auto two = open();
    one->begin_run(plan_of_two(), "apply");
    two->begin_run(plan_of_two(), "apply");
    one->intent(step_named("a"), kWrite);
    two->intent(step_named("a"), kWrite);
    two->result(step_named("a"), kWrite, false, "no answer");
    one->result(step_named("a"), kWrite, true, "");
    one->intent(step_named("b"), kReload);
    two->intent(step_named("a"), kWrite);
    two->result(step_named("a"), kWrite, true, "");
    one->result(step_named("b"), kReload, false, "");
    one->end_run(report_of(StepStatus::done, StepStatus::done));
    two->end_run(report_of(StepStatus::done, StepStatus::failed));
  }

  std::string path_;
  FakeTime time_;
  CountingRandom random_;
};

PastAction attempt(const char* action, Outcome outcome, const char* error = "") {
  return {.at = kAt, .action = action, .outcome = outcome, .error = error};
}

PastRun past_run(const char* id) {
  return {.run = id,
          .at = kAt,
          .last_at = kAt,
          .command = "apply",
          .cluster = "edge",
          .plan = "3f9a12c0de77",
          .revision = "9c0ffee",
          .by = {},
          .steps_in_plan = 2,
          .steps = {},
          .end = {}};
}

PastRuns two_runs() {
  PastRun one = past_run("010101010101");
  one.steps = {{"a", "n1", {attempt("write /x", Outcome::changed)}, StepStatus::done, ""},
               {"b", "n1", {attempt("systemctl daemon-reload", Outcome::unchanged)}, StepStatus::done, ""}};
  one.end = {.at = kAt, .done = 2, .mutations = 3, .took = Duration{12400}};
  PastRun two = past_run("020202020202");
  two.steps = {{"a",
                "n1",
                {attempt("write /x", Outcome::failed, "no answer"), attempt("write /x", Outcome::changed)},
                StepStatus::done,
                ""},
               {"b", "n1", {}, StepStatus::failed, "b's reason"}};
  two.end = {.at = kAt, .done = 1, .failed = 1, .mutations = 3, .took = Duration{12400}};
  return {{one, two}, {}};
}

std::string begin_line(const std::string& format = "1") {
  return "{\"at\":\"2019-12-20T00:00:00Z\",\"run\":\"010101010101\",\"event\":\"begin\",\"format\":" +
         format +
         ",\"command\":\"apply\",\"cluster\":\"edge\",\"plan\":\"3f9a12c0de77\",\"revision\":\"9c0ffee\","
         "\"steps\":2}\n";
}

std::string line_of(const std::string& members, const std::string& run = "010101010101") {
  return "{\"at\":\"2019-12-20T00:00:00Z\",\"run\":\"" + run + "\"," + members + "}\n";
}

std::string why_of(const std::string& line) {
  const PastRuns past = read_journal(begin_line() + line);
  return past.unread.size() == 1 && past.unread[0].line == 2 ? past.unread[0].why : "not one, on line 2";
}

}  // namespace

TEST_F(JournalReadTest, runs_that_write_at_once_are_told_apart) {
  write_two_runs();
  EXPECT_EQ(read_journal(content()), two_runs()) << content();
}

TEST_F(JournalReadTest, threads_of_two_runs_lose_nothing) {
  const auto one = open();
  const auto two = open();
  const auto write = [](Journal& journal) {
    journal.begin_run(plan_of_two(), "apply");
    for (int i = 0; i < 50; ++i) {
      journal.intent(step_named("a"), kWrite);
      journal.result(step_named("a"), kWrite, true, "");
    }
    journal.end_run(report_of(StepStatus::done, StepStatus::done));
  };
  {
    const std::jthread first([&] { write(*one); });
    const std::jthread second([&] { write(*two); });
  }
  const PastRuns past = read_journal(content());
  EXPECT_TRUE(past.unread.empty());
  ASSERT_EQ(past.runs.size(), 2U);
  for (const PastRun& run : past.runs) {
    EXPECT_EQ(run.result(), PastResult::complete);
    EXPECT_EQ(run.steps.at(0).actions.size(), 50U);
  }
}

TEST_F(JournalReadTest, cut_at_any_byte_only_the_torn_line_is_lost) {
  write_two_runs();
  const std::string whole = content();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string text = whole.substr(0, size);
    const std::size_t end_of_lines = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    // A line that lacks nothing but its end is whole.
    const bool torn = end_of_lines != size && whole[size] != '\n';
    PastRuns expected = read_journal(text.substr(0, torn ? end_of_lines : size));
    ASSERT_TRUE(expected.unread.empty()) << size;
    if (torn)
      expected.unread = {{split(text.substr(0, end_of_lines), '\n').size() + (end_of_lines == 0 ? 1 : 0),
                          "torn: the file ends in it"}};
    ASSERT_EQ(read_journal(text), expected) << size;
  }
}

TEST_F(JournalReadTest, runs_after_a_torn_line_are_read_whole) {
  write_two_runs();
  const std::string whole = content();
  for (std::size_t size = 0; size <= whole.size(); size += kEvery) {
    const std::string before = whole.substr(0, size);
    const PastRuns past = read_journal(before + '\n' + whole);
    const std::size_t runs = read_journal(before).runs.size();
    ASSERT_EQ(past.runs.size(), runs + 2) << size;
    ASSERT_EQ(std::vector(past.runs.end() - 2, past.runs.end()), two_runs().runs) << size;
    ASSERT_LE(past.unread.size(), 1U) << size;
  }
}

TEST_F(JournalReadTest, damage_to_any_byte_is_survived) {
  write_two_runs();
  const std::string whole = content();
  const std::size_t lines = split(whole, '\n').size();
  for (std::size_t at = 0; at < whole.size(); at += kEvery) {
    for (const char byte : {'\0', '\n', '"', '{', '9', '\xff'}) {
      std::string text = whole;
      text[at] = byte;
      const PastRuns past = read_journal(text);
      ASSERT_LE(past.runs.size(), 2U) << at;
      ASSERT_LE(past.unread.size(), lines) << at;
    }
  }
}

TEST(JournalRead, a_run_without_an_end_was_killed_and_an_intent_without_a_result_is_unknown) {
  const PastRuns past =
      read_journal(begin_line() + line_of(R"("event":"intent","step":"a","host":"n1","action":"write /x")"));
  ASSERT_EQ(past.runs.size(), 1U);
  EXPECT_EQ(past.runs[0].result(), PastResult::killed);
  EXPECT_EQ(past.runs[0].steps,
            (std::vector<PastStep>{{"a", "n1", {attempt("write /x", Outcome::unknown)}, std::nullopt, ""}}));
}

TEST(JournalRead, a_result_whose_intent_is_lost_stands_for_both) {
  const PastRuns past =
      read_journal(begin_line() +
                   line_of(R"("event":"result","step":"a","host":"n1","action":"write /x","changed":true)"));
  ASSERT_EQ(past.runs.size(), 1U);
  ASSERT_EQ(past.runs[0].steps.size(), 1U);
  EXPECT_EQ(past.runs[0].steps[0].actions, (std::vector{attempt("write /x", Outcome::changed)}));
}

TEST(JournalRead, results_have_words) {
  PastRun run = past_run("010101010101");
  EXPECT_EQ(to_string(run.result()), "killed");
  run.end.emplace();
  EXPECT_EQ(to_string(run.result()), "complete");
  run.end->not_started = 1;
  EXPECT_EQ(to_string(run.result()), "partly");
  run.end->interrupted = true;
  EXPECT_EQ(to_string(run.result()), "interrupted");
}

TEST(JournalRead, what_is_not_there_is_nothing) {
  EXPECT_EQ(read_journal(""), PastRuns{});
  EXPECT_EQ(read_journal("\n \n\n"), PastRuns{});
}

TEST(JournalRead, a_line_that_is_not_understood_says_why) {
  EXPECT_EQ(why_of("not json\n"), "not a JSON object");
  EXPECT_EQ(why_of("[1]\n"), "not a JSON object");
  EXPECT_EQ(why_of(std::string(200'000, '[') + '\n'), "not a JSON object");
  EXPECT_EQ(why_of(std::string(50'000, '[') + std::string(50'000, ']') + '\n'), "not a JSON object");
  EXPECT_EQ(why_of("{\"event\":\"begin\"}\n"), "its `at` is not a text");
  EXPECT_EQ(why_of(R"({"at":"yesterday","run":"010101010101","event":"end"})"), "its `at` is not a time");
  EXPECT_EQ(why_of(line_of("\"event\":\"end\"", "../..")), "its `run` is not a run's id");
  EXPECT_EQ(why_of(line_of("\"event\":\"end\"", "020202020202")), "of a run whose begin is not there");
  EXPECT_EQ(why_of(line_of("\"event\":\"pause\"")), "its `event` is not a known event");
  EXPECT_EQ(why_of(line_of("\"event\":\"intent\",\"step\":1")), "its `step` is not a text");
  EXPECT_EQ(why_of(line_of("\"event\":\"end\",\"done\":-1")), "its `done` is not a number");
  // 2^63 failed and as many skipped would be none, and the time negative.
  EXPECT_EQ(why_of(line_of("\"event\":\"end\",\"done\":9007199254740993")), "its `done` is not a number");
  EXPECT_EQ(why_of(line_of("\"event\":\"end\",\"done\":9007199254740992")), "its `failed` is not a number");
  EXPECT_EQ(why_of(line_of(R"("event":"end","done":0,"failed":1,"skipped":0,"not-started":0,"mutations":0,)"
                           R"("interrupted":false,"took-ms":1,"unfinished":[3])")),
            "its `unfinished` is not a list of steps");
}

TEST(JournalRead, keys_that_are_not_known_are_left_out) {
  const PastRuns past = read_journal(begin_line("1,\"weather\":{\"rain\":[1]}"));
  EXPECT_EQ(past, (PastRuns{{past_run("010101010101")}, {}}));
}

TEST(JournalRead, a_format_that_is_not_known_is_counted_and_not_guessed_at) {
  const std::string newer = begin_line("2") + line_of("\"event\":\"end\"");
  const std::string why = "of a format that this kiln does not know";
  EXPECT_EQ(read_journal(newer), (PastRuns{{}, {{1, why}, {2, why}}}));
  EXPECT_EQ(read_journal(newer + begin_line()).runs.size(), 1U);
}

}  // namespace kiln::engine
