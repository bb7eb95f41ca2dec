// The only reader of calibration tables (docs/calibration_format.md).
//
// Everything is checked: the header's required fields, the columns, every
// number, and that each sample names a primitive of the catalogue with
// parameters in range. Errors are kInvalidArgument (kNotFound where a file is
// missing) and name file, line and column.
#ifndef PICOST_ESTIMATOR_COST_CALIBRATION_IO_H_
#define PICOST_ESTIMATOR_COST_CALIBRATION_IO_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"

namespace picost::cost {

// The format that this reader knows.
inline constexpr int kCalibrationSchemaVersion = 1;

// Reads <folder>/table.textproto and <folder>/samples.csv.
absl::StatusOr<CalibrationTable> ReadCalibrationTable(const std::string& folder);

// The same from memory; `name` stands for the folder in messages.
absl::StatusOr<CalibrationTable> ParseCalibrationTable(std::string_view name,
                                                       std::string_view table_textproto,
                                                       std::string_view samples_csv);

// Digest of the content: the table's id.
std::string CalibrationTableId(std::string_view table_textproto, std::string_view samples_csv);

// A whole file; kNotFound or kInvalidArgument naming the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CALIBRATION_IO_H_
