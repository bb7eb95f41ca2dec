#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/data_directory.h"

namespace picost::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kTool[] = "picost_calibrate";

// The tool that measures is a program of its own: it links cryptography, and a client
// knows the wire alone. Where it may be: beside the command, as installed; in its own
// folder of the same build; among the command's run files; on PATH.
std::string FindTool(const Environment& environment) {
  std::error_code error;
  // The name may be a link, as in a folder of binaries.
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path folder = self.parent_path();
  std::vector<fs::path> places = {folder / kTool, folder / "../../calibrate" / kTool,
                                  self.string() + ".runfiles/picost/calibrate/" + kTool};
  for (const auto& place : absl::StrSplit(environment.search_path, ":")) {
    if (!place.empty()) places.push_back(fs::path(std::string(place)) / kTool);
  }
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, error) && access(place.c_str(), X_OK) == 0) {
      return place.lexically_normal().string();
    }
  }
  return "";
}

}  // namespace

std::optional<Failure> HandOverToCalibrate(const std::vector<std::string>& words,
                                           const Environment& environment) {
  const std::string tool = FindTool(environment);
  if (tool.empty()) {
    return Failure{kExitOther,
                   absl::StrCat("the program ", kTool,
                                ", which measures, is neither beside picost nor on PATH. Build it "
                                "with `bazel build --config=opt //calibrate:",
                                kTool, "`, or put it beside picost")};
  }
  std::vector<std::string> all = {tool};
  all.insert(all.end(), words.begin(), words.end());
  return environment.become(all, FindDataDirectory(Options{}, environment));
}

}  // namespace picost::cli
