// What Abseil's flags leave to do for a daemon: a bad flag is a wrong configuration like
// any other (Abseil ends the process with status 1), and --help is no failure.
#ifndef PICOST_SERVICE_CONFIG_FLAGS_H_
#define PICOST_SERVICE_CONFIG_FLAGS_H_

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace picost::service {

// What is wrong with the first bad flag, as "there is no flag --x"; nothing where
// absl::ParseCommandLine takes them all, which is to come next. arguments: without the
// program's name.
std::optional<std::string> BadFlag(const std::vector<std::string>& arguments);

// Flags that are defined in a file whose path ends with this, with their meaning, in
// the order of their names.
void PrintFlags(std::string_view file, std::ostream& out);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONFIG_FLAGS_H_
