// Prints docs/accuracy.md: bazel run //tests/accuracy:report > docs/accuracy.md
#include <iostream>

#include "tests/accuracy/report.h"

int main() {
  std::cout << picost::accuracy::AccuracyReport("data");
  return 0;
}
