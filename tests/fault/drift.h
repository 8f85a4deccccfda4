#pragma once

#include <string>

#include "support/lab.h"

/// Random files, and what may happen to hosts between two runs of kiln.

namespace kiln::test {

Desired random_desired(SeededRandom& random);

/// The same file, or one that somebody has worked on: workloads come, go and move, ports change.
Desired another_file(const Desired& desired, SeededRandom& random);

/// Something happens on one of the hosts, or in a database; says what.
std::string drift(FakeCluster& cluster, SeededRandom& random);

}  // namespace kiln::test
