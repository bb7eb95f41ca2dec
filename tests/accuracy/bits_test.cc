// The same bits with every compiler, at every optimisation, in every thread.
//
// The golden file holds hexadecimal floating-point numbers: it was written by one
// build and is compared by all. Regenerate after a change of forms or fits:
//   bazel run //tests/accuracy:bits -- > tests/accuracy/testdata/bits.golden
#include "tests/accuracy/bits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace picost::accuracy {
namespace {

TEST(BitsTest, EstimatesAreThoseOfTheGoldenFileToTheLastBit) {
  std::ifstream file("tests/accuracy/testdata/bits.golden");
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(golden.str(), EstimateBits("data"));
}

TEST(BitsTest, ThreadsThatWorkAtTheSameTimeAgree) {
  std::vector<std::string> bits(4);
  std::vector<std::thread> threads;
  for (std::string& mine : bits) {
    threads.emplace_back([&mine] { mine = EstimateBits("data"); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& other : bits) EXPECT_EQ(other, bits.front());
}

}  // namespace
}  // namespace picost::accuracy
