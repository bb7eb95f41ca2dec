#include "tools/flags/flags.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace picost {
namespace {

// Abseil answers these itself; they are no flags of its registry.
constexpr std::string_view kOfAbseil[] = {
    "help",      "helpfull", "helpmatch",       "helpon",
    "helpshort", "version",  "only_check_args", "helppackage"};

}  // namespace

std::optional<std::string> BadFlag(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") return std::nullopt;
    if (argument.size() < 2 || argument[0] != '-') continue;
    // Whoever names flags not to mind leaves them to Abseil.
    if (absl::StartsWith(argument, "--undefok")) return std::nullopt;
    const size_t begin = argument[1] == '-' ? 2 : 1;
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(begin, equals - begin);
    if (std::find(std::begin(kOfAbseil), std::end(kOfAbseil), name) != std::end(kOfAbseil)) {
      continue;
    }
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    if (flag == nullptr && equals == std::string::npos && absl::StartsWith(name, "no")) {
      flag = absl::FindCommandLineFlag(name.substr(2));
      if (flag != nullptr && flag->IsOfType<bool>()) continue;
      flag = nullptr;
    }
    if (flag == nullptr) return absl::StrCat("there is no flag --", name);
    std::string value;
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (flag->IsOfType<bool>()) {
      continue;
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return absl::StrCat("--", name, " needs a value: --", name, "=VALUE");
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      return absl::StrCat("--", name, " cannot be '", value, "'",
                          error.empty() ? "" : absl::StrCat(": ", error));
    }
  }
  return std::nullopt;
}

void UnderscoresInFlags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    char* c = argv[i];
    if (c[0] != '-' || c[1] != '-') continue;
    for (c += 2; *c != '\0' && *c != '='; ++c) {
      if (*c == '-') *c = '_';
    }
  }
}

void PrintFlags(std::string_view file, std::ostream& out) {
  std::map<std::string, std::string> help;
  size_t width = 0;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::EndsWith(flag->Filename(), absl::string_view(file.data(), file.size()))) continue;
    const std::string shown = absl::StrCat("--", absl::StrReplaceAll(name, {{"_", "-"}}),
                                           flag->IsOfType<bool>() ? "" : "=VALUE");
    width = std::max(width, shown.size());
    help[shown] = flag->Help();
  }
  for (const auto& [shown, meaning] : help) {
    out << "  " << shown << std::string(width + 2 - shown.size(), ' ') << meaning << "\n";
  }
}

}  // namespace picost
