#pragma once

namespace kiln::cli {

/// kiln as a process: hardens it, makes the real World, runs one command line. Returns the exit status.
int program(int argc, char** argv);

}  // namespace kiln::cli
