#include "calibrate/processors.h"

#include <sched.h>

#include <fstream>

#include "absl/strings/str_cat.h"

namespace picost::calibrate {
namespace {

using Core = std::pair<int, int>;  // package, core in it

Core CoreOf(const std::string& topology, int processor) {
  const std::string folder = absl::StrCat(topology, "/cpu", processor, "/topology/");
  Core core;
  std::ifstream package(folder + "physical_package_id"), id(folder + "core_id");
  if (package >> core.first && id >> core.second) return core;
  return {-1, processor};
}

}  // namespace

std::optional<std::pair<int, int>> SeparateProcessors(const std::string& topology) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return std::nullopt;
  // From the last: the first ones serve the interrupts of most machines.
  int first = -1;
  for (int processor = CPU_SETSIZE - 1; processor >= 0; --processor) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    if (first < 0) {
      first = processor;
    } else if (CoreOf(topology, processor) != CoreOf(topology, first)) {
      return std::make_pair(first, processor);
    }
  }
  return std::nullopt;
}

bool RunOn(int process, int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  return sched_setaffinity(process, sizeof(one), &one) == 0;
}

}  // namespace picost::calibrate
