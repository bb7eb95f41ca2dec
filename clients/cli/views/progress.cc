#include "clients/cli/views/progress.h"

#include <cstdint>
#include <string>

#include "clients/cli/views/numbers.h"

namespace picost::cli {

void ShowProgress(size_t done, size_t all, std::string_view unit, std::ostream& err) {
  constexpr size_t kBarWidth = 30;
  const size_t full = all == 0 ? kBarWidth : kBarWidth * done / all;
  err << "\r[" << std::string(full, '#') << std::string(kBarWidth - full, '.') << "]  "
      << WithSeparators(static_cast<int64_t>(done)) << " of "
      << WithSeparators(static_cast<int64_t>(all)) << " " << unit << (done == all ? "\n" : "")
      << std::flush;
}

}  // namespace picost::cli
