#include "engine/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"
#include "engine/fakes_for_test.h"

namespace kiln::engine {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string directory = testing::TempDir() + "kiln-journal-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    path_ = journal_path("edge", directory);
  }
  std::string content() const {
    std::ifstream file(path_);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void write_one_run() const {
    FixedRandom random;
    const auto journal = Journal::open(path_, time_, random);
    ASSERT_TRUE(journal) << journal.error().text();
    Step step;
    step.id = "trust/n1:write";
    step.host = "n1";
    const Action action = WriteFile{"/etc/kiln/x", "content that is not for journals", 0644};
    (*journal)->begin_run({}, "apply");
    (*journal)->intent(step, action);
    (*journal)->result(step, action, true, "");
    (*journal)->end_run({});
  }

  std::string path_;
  FakeTime time_;
};

TEST_F(JournalTest, writes_one_object_a_line_for_this_user_only) {
  write_one_run();
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::vector<std::string> lines = split(content(), '\n');
  ASSERT_EQ(lines.size(), 5U);  // the last is empty
  EXPECT_EQ(lines[1],
            "{\"at\":\"2019-12-20T00:00:00Z\",\"run\":\"727272727272\",\"event\":\"intent\",\"step\":\"trust/"
            "n1:write\",\"host\":\"n1\","
            "\"action\":\"write /etc/kiln/x\"}");
  EXPECT_EQ(content().find("content that"), std::string::npos);
}

TEST_F(JournalTest, cut_at_any_byte_the_next_run_stands_on_lines_of_its_own) {
  write_one_run();
  const std::string whole = content();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    std::ofstream(path_, std::ios::trunc) << whole.substr(0, size);
    write_one_run();
    const std::string text = content();
    ASSERT_TRUE(text.ends_with(whole)) << size;
    ASSERT_EQ(text.substr(0, size), whole.substr(0, size)) << size;
    ASSERT_TRUE(text.size() == whole.size() || text[text.size() - whole.size() - 1] == '\n') << size;
  }
}

TEST_F(JournalTest, what_cannot_be_opened_is_an_error_that_names_it) {
  FixedRandom random;
  const auto journal = Journal::open("/proc/kiln/journal.jsonl", time_, random);
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().text().find("/proc/kiln"), std::string::npos);
}

}  // namespace
}  // namespace kiln::engine
