// The drivers that this tool knows, and where their programs are. A new backend
// is a driver and a line here, or --driver=NAME=COMMAND on the command line.
#ifndef PICOST_CALIBRATE_DRIVER_LIST_H_
#define PICOST_CALIBRATE_DRIVER_LIST_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace picost::calibrate {

struct DriverEntry {
  std::string name;
  std::vector<std::string> command;  // a path relative to the tool's own folder, arguments
  bool by_default = false;           // part of `run` without --drivers
  std::string purpose;               // one line for people
};

const std::vector<DriverEntry>& KnownDrivers();

// With the path made absolute. kNotFound listing what there is.
absl::StatusOr<std::vector<std::string>> DriverCommand(std::string_view name);

// Folder of this program's binary.
std::string ToolFolder();

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVER_LIST_H_
