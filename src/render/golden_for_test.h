#pragma once

#include <string>

namespace kiln::render {

/// Compares with tests/golden/<path>, whole. With KILN_ACCEPT=1 a text that differs is written there, and
/// the test is reported as skipped, never as passed.
void expect_golden(const std::string& path, const std::string& text);

}  // namespace kiln::render
