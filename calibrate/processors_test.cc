#include "calibrate/processors.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace picost::calibrate {
namespace {

std::vector<int> Allowed() {
  cpu_set_t set;
  EXPECT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  std::vector<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &set)) processors.push_back(i);
  }
  return processors;
}

// Every processor on the core that `core` names for it.
std::string Topology(const std::string& name, int (*core)(int)) {
  const std::string folder = testing::TempDir() + "/" + name;
  for (const int processor : Allowed()) {
    const std::string of = folder + "/cpu" + std::to_string(processor) + "/topology";
    std::filesystem::create_directories(of);
    std::ofstream(of + "/physical_package_id") << 0 << "\n";
    std::ofstream(of + "/core_id") << core(processor) << "\n";
  }
  return folder;
}

TEST(Processors, TwoOfDifferentCoresThatTheProcessMayUse) {
  if (Allowed().size() < 2) GTEST_SKIP() << "one processor";
  const auto two = SeparateProcessors(Topology("apart", [](int processor) { return processor; }));
  ASSERT_TRUE(two.has_value());
  EXPECT_NE(two->first, two->second);
  // A kernel that tells nothing: each counts as a core.
  EXPECT_TRUE(SeparateProcessors("no/such/folder").has_value());
}

TEST(Processors, NoneWhereAllAreOneCore) {
  EXPECT_FALSE(SeparateProcessors(Topology("siblings", [](int) { return 7; })).has_value());
}

TEST(Processors, AProcessStaysWhereItIsPut) {
  const std::vector<int> allowed = Allowed();
  ASSERT_TRUE(RunOn(getpid(), allowed.back()));
  EXPECT_EQ(Allowed(), (std::vector<int>{allowed.back()}));
  EXPECT_FALSE(RunOn(getpid(), CPU_SETSIZE - 1)) << "there is no such processor";
}

}  // namespace
}  // namespace picost::calibrate
