// Prints tests/accuracy/testdata/bits.golden.
#include <iostream>

#include "tests/accuracy/bits.h"

int main() {
  std::cout << picost::accuracy::EstimateBits("data");
  return 0;
}
