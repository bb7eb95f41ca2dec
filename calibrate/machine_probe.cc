#include "calibrate/machine_probe.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace picost::calibrate {
namespace {

// Value of the first "name : value" line of /proc/cpuinfo.
std::string CpuInfo(const std::string& name) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.compare(0, name.size(), name) != 0) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

#if defined(__clang__)
constexpr char kCompiler[] = "clang " __clang_version__;
#elif defined(__GNUC__)
constexpr char kCompiler[] = "gcc " __VERSION__;
#else
constexpr char kCompiler[] = "unknown";
#endif

}  // namespace

Machine ProbeMachine() {
  Machine machine;
  machine.set_processor(CpuInfo("model name"));
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) machine.set_cores(CPU_COUNT(&allowed));
  struct sysinfo info {};
  if (sysinfo(&info) == 0) {
    machine.set_memory_bytes(static_cast<int64_t>(info.totalram) * info.mem_unit);
  }
  utsname system{};
  if (uname(&system) == 0)
    machine.set_operating_system(absl::StrCat(system.sysname, " ", system.release));
  std::istringstream flags(CpuInfo("flags"));
  const std::set<std::string> present{std::istream_iterator<std::string>(flags), {}};
  for (const char* feature : {"aes", "sse4_1", "pclmulqdq", "avx2", "vaes", "avx512f"}) {
    if (present.count(feature) > 0) machine.add_features(feature);
  }
  double load = 0;
  if (getloadavg(&load, 1) == 1) machine.set_load_average(load);
  machine.set_frequency_governor(
      FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  double megahertz = 0;
  if (absl::SimpleAtod(CpuInfo("cpu MHz"), &megahertz)) machine.set_frequency_mhz(megahertz);
  machine.set_compiler(kCompiler);
  return machine;
}

}  // namespace picost::calibrate
