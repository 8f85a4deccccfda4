#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace kiln::transport {

/// A folder of programs that come before all others in PATH.
class WithPrograms : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/kiln-programs-XXXXXX";
    directory_ = ::mkdtemp(name);
    const char* const before = std::getenv("PATH");
    path_before_ = before ? before : "/usr/bin:/bin";
    ::setenv("PATH", (directory_ + ':' + path_before_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_before_.c_str(), 1);
    std::filesystem::remove_all(directory_);
  }
  void put_program(const std::string& name, const std::string& script) const {
    const std::string file = directory_ + '/' + name;
    std::ofstream(file) << "#!/bin/sh\n" << script;
    ::chmod(file.c_str(), 0755);
  }
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
  std::string path_before_;
};

}  // namespace kiln::transport
