// Fields that samples.csv and data/runs have in common.
#ifndef PICOST_ESTIMATOR_COST_SAMPLE_FIELDS_H_
#define PICOST_ESTIMATOR_COST_SAMPLE_FIELDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// One cell with its place, for reading and for complaining.
struct Cell {
  std::string_view file;
  int64_t line = 0;
  std::string_view column;
  std::string_view text;

  // kInvalidArgument "FILE:LINE: column COLUMN: what".
  absl::Status Error(std::string_view what, std::string mend) const;
};

absl::StatusOr<int64_t> ReadInteger(const Cell& cell, std::string_view text, int64_t minimum);
absl::StatusOr<double> ReadSeconds(const Cell& cell);
absl::StatusOr<primitives::Executor> ReadExecutor(const Cell& cell);
absl::StatusOr<primitives::Parameters> ReadParameters(const Cell& cell, std::string_view text);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_SAMPLE_FIELDS_H_
