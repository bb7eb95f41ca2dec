// What Abseil's flags leave to do: a bad flag is a wrong argument like any other (Abseil
// ends the process with status 1), --help is no failure, --like-this is --like_this.
#ifndef PICOST_TOOLS_FLAGS_FLAGS_H_
#define PICOST_TOOLS_FLAGS_FLAGS_H_

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace picost {

// What is wrong with the first bad flag, as "there is no flag --x"; nothing where
// absl::ParseCommandLine takes them all, which is to come next. arguments: without the
// program's name.
std::optional<std::string> BadFlag(const std::vector<std::string>& arguments);

// --check-config becomes --check_config, as Abseil knows it.
void UnderscoresInFlags(int argc, char** argv);

// Flags that are defined in a file whose path ends with this, with their meaning, in
// the order of their names.
void PrintFlags(std::string_view file, std::ostream& out);

}  // namespace picost

#endif  // PICOST_TOOLS_FLAGS_FLAGS_H_
