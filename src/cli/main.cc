#include "cli/program.h"

int main(int argc, char** argv) {
  return kiln::cli::program(argc, argv);
}
