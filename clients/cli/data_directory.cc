#include "clients/cli/data_directory.h"

#include <filesystem>
#include <system_error>

namespace picost::cli {
namespace {

namespace fs = std::filesystem;

bool IsData(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path / "calibration", ignored);
}

std::string FindAbove(fs::path folder) {
  while (true) {
    if (IsData(folder / "data")) return (folder / "data").string();
    if (!folder.has_relative_path()) return "";
    folder = folder.parent_path();
  }
}

}  // namespace

std::string FindDataDirectory(const Options& options, const Environment& environment) {
  if (!options.data_dir.empty()) return options.data_dir;
  if (!environment.data_dir_variable.empty()) return environment.data_dir_variable;
  std::error_code error;
  const fs::path program = fs::absolute(environment.program_path, error);
  const fs::path runfiles = fs::path(program.string() + ".runfiles") / "picost" / "data";
  if (IsData(runfiles)) return runfiles.string();
  if (std::string found = FindAbove(fs::current_path(error)); !found.empty()) return found;
  if (std::string found = FindAbove(program.parent_path()); !found.empty()) return found;
  // A link to the program, as in a folder of binaries.
  const fs::path real = fs::canonical(program, error);
  return error ? "" : FindAbove(real.parent_path());
}

}  // namespace picost::cli
