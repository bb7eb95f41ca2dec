#include "estimator/cost/sample_fields.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::cost {

absl::Status Cell::Error(std::string_view what, std::string mend) const {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(std::string(file), ":", line, ": column ", std::string(column),
                                ": ", std::string(what)),
                   {.field = std::string(column), .mend = std::move(mend)});
}

absl::StatusOr<int64_t> ReadInteger(const Cell& cell, std::string_view text, int64_t minimum) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) {
    return cell.Error(absl::StrCat("\"", std::string(text), "\" is not a 64-bit integer"),
                      "Write a whole number.");
  }
  if (value < minimum) {
    return cell.Error(absl::StrCat(value, " is below ", minimum), "Write a number in range.");
  }
  return value;
}

absl::StatusOr<double> ReadSeconds(const Cell& cell) {
  double value = 0;
  const auto [end, code] =
      std::from_chars(cell.text.data(), cell.text.data() + cell.text.size(), value);
  if (code != std::errc() || end != cell.text.data() + cell.text.size() || !std::isfinite(value) ||
      value < 0) {
    return cell.Error(absl::StrCat("\"", std::string(cell.text), "\" is not a number of seconds"),
                      "Write a finite number that is not negative.");
  }
  return value;
}

// "a=1;b=2"
absl::StatusOr<primitives::Parameters> ReadParameters(const Cell& cell, std::string_view text) {
  primitives::Parameters parameters;
  while (!text.empty()) {
    const size_t end = text.find(';');
    const std::string_view item = text.substr(0, end);
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return cell.Error(absl::StrCat("\"", std::string(item), "\" is not name=integer"),
                        "Write name=value pairs separated by semicolons.");
    }
    const std::string_view name = item.substr(0, equals);
    if (parameters.Has(name)) {
      return cell.Error(absl::StrCat(std::string(name), " stands twice"), "Remove one of them.");
    }
    PICOST_ASSIGN_OR_RETURN(const int64_t value,
                            ReadInteger(cell, item.substr(equals + 1), INT64_MIN));
    parameters.Set(name, value);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parameters;
}

absl::StatusOr<primitives::Executor> ReadExecutor(const Cell& cell) {
  for (const auto executor : {primitives::Executor::kClient, primitives::Executor::kServer,
                              primitives::Executor::kJoint}) {
    if (cell.text == primitives::ExecutorName(executor)) return executor;
  }
  return cell.Error(absl::StrCat("\"", std::string(cell.text), "\" is no executor"),
                    "Write client, server or joint.");
}

}  // namespace picost::cost
