// Which processors the two parties run on where they share a machine.
#ifndef PICOST_CALIBRATE_PROCESSORS_H_
#define PICOST_CALIBRATE_PROCESSORS_H_

#include <optional>
#include <string>
#include <utility>

namespace picost::calibrate {

// Two processors of different cores that this process may run on; nothing where there
// are none. `topology`: the kernel's folder with cpuN/topology/{core_id,physical_package_id};
// a processor of which it tells nothing counts as a core.
std::optional<std::pair<int, int>> SeparateProcessors(
    const std::string& topology = "/sys/devices/system/cpu");

// Keeps a process, and the threads that it will start, on one processor. False where the
// kernel refuses.
bool RunOn(int process, int processor);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_PROCESSORS_H_
