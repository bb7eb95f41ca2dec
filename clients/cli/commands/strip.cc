#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/views/numbers.h"

namespace picost::cli {

std::optional<Failure> RunStrip(const Options& options, const Environment& environment) {
  const std::string& to = options.positional[1];
  const auto file = MappedFile::Open(options.positional[0]);
  if (const Failure* failure = FailureIn(file)) return *failure;
  const std::string_view bytes = std::get<std::shared_ptr<MappedFile>>(file)->bytes();
  const auto stripped = environment.strip_weights(bytes);
  if (const Failure* failure = FailureIn(stripped)) return *failure;
  const auto& weightless = std::get<std::string>(stripped);
  // Beside the target and then renamed: IN may be OUT, and stays whole if this fails.
  const std::string temporary = to + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << weightless;
  out.close();
  if (!out || std::rename(temporary.c_str(), to.c_str()) != 0) {
    std::remove(temporary.c_str());
    return BadArgument(absl::StrCat("cannot write '", to, "'"));
  }
  *environment.err << to << ": " << WithSeparators(static_cast<int64_t>(bytes.size())) << " -> "
                   << WithSeparators(static_cast<int64_t>(weightless.size())) << " bytes\n";
  return std::nullopt;
}

}  // namespace picost::cli
