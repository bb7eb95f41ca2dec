#include "clients/cli/views/numbers.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace picost::cli {
namespace {

// Three significant digits, without an exponent.
std::string Three(double value) {
  const double magnitude = std::fabs(value);
  if (magnitude >= 99.95) return absl::StrFormat("%.0f", value);
  if (magnitude >= 9.995) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.2f", value);
}

std::string Scaled(double value, const char* const* units, int count, const char* suffix) {
  int unit = 0;
  while (value >= 999.5 && unit + 1 < count) {
    value /= 1000;
    ++unit;
  }
  return absl::StrCat(Three(value), " ", units[unit], suffix);
}

constexpr const char* kByteUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

}  // namespace

std::string WithSeparators(int64_t number) {
  const std::string digits = absl::StrCat(number);
  const size_t first = digits[0] == '-' ? 1 : 0;
  std::string text = digits.substr(0, first);
  for (size_t i = first; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string HumanSeconds(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 0.9995e-3) return absl::StrCat(Three(seconds * 1e6), " us");
  if (seconds < 0.9995) return absl::StrCat(Three(seconds * 1e3), " ms");
  if (seconds < 999.5) return absl::StrCat(Three(seconds), " s");
  const int64_t minutes = std::llround(seconds / 60);
  if (minutes < 60) return absl::StrCat(minutes, " min");
  return absl::StrCat(WithSeparators(minutes / 60), " h ", minutes % 60, " min");
}

std::string HumanBytes(int64_t bytes) {
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  return Scaled(static_cast<double>(bytes), kByteUnits, 7, "");
}

std::string HumanRate(double bytes_per_second) {
  return Scaled(bytes_per_second, kByteUnits, 7, "/s");
}

std::string ExactNumber(double number) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number);
  return std::string(buffer, end.ptr);
}

}  // namespace picost::cli
