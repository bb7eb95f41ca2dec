// Comma-separated values as RFC 4180 has them, with the place of every field.
#ifndef PICOST_ESTIMATOR_COST_CSV_H_
#define PICOST_ESTIMATOR_COST_CSV_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace picost::cost {

struct CsvRow {
  int64_t line = 0;  // of its first character, from 1
  std::vector<std::string> fields;
};

// Splits text into rows; the first is the header. Quoted fields may hold
// commas, doubled quotes and line breaks. Every row must have as many fields as
// the header. Errors are kInvalidArgument and name file and line.
absl::StatusOr<std::vector<CsvRow>> ParseCsv(std::string_view text, std::string_view file);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CSV_H_
