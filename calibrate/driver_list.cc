#include "calibrate/driver_list.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::calibrate {

const std::vector<DriverEntry>& KnownDrivers() {
  static const auto* const drivers = new std::vector<DriverEntry>{
      {"pi-ref", {"drivers/pi_ref/pi_ref"}, true, "garbled circuits, OT, share openings"},
      {"he", {"drivers/he/he_driver.sh"}, false, "Microsoft SEAL through TenSEAL's sealapi"},
      {"net", {"drivers/net/net"}, false, "probes of the link between the parties"},
      {"synthetic", {"drivers/synthetic/synthetic"}, false, "known unit costs, for tests"},
  };
  return *drivers;
}

std::string ToolFolder() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "." : self.parent_path().string();
}

absl::StatusOr<std::vector<std::string>> DriverCommand(std::string_view name) {
  std::string names;
  for (const DriverEntry& driver : KnownDrivers()) {
    if (driver.name == name) {
      std::vector<std::string> command = driver.command;
      const std::string built = absl::StrCat(ToolFolder(), "/", command[0]);
      // Drivers that are not compiled stand among the binary's run files.
      const std::string run_file =
          absl::StrCat(ToolFolder(), "/picost_calibrate.runfiles/picost/calibrate/", command[0]);
      std::error_code error;
      command[0] =
          !std::filesystem::exists(built, error) && std::filesystem::exists(run_file, error)
              ? run_file
              : built;
      return command;
    }
    absl::StrAppend(&names, names.empty() ? "" : ", ", driver.name);
  }
  return MakeError(absl::StatusCode::kNotFound,
                   absl::StrCat("no driver \"", std::string(name), "\""),
                   {.field = "drivers", .mend = absl::StrCat("Choose among ", names, ".")});
}

}  // namespace picost::calibrate
