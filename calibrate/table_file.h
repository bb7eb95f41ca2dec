// Writes calibration tables in the format that estimator/cost reads
// (docs/calibration_format.md).
#ifndef PICOST_CALIBRATE_TABLE_FILE_H_
#define PICOST_CALIBRATE_TABLE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::calibrate {

// The columns of samples.csv, comma-separated.
std::string_view SampleColumns();
// One line of samples.csv without a line break. Seconds are the shortest text
// that reads back as the same number.
std::string SampleRow(const cost::Sample& sample);
// The way back, through the only reader of the format.
absl::StatusOr<std::vector<cost::Sample>> ParseSampleRows(std::string_view rows);

// Writes <folder>/table.textproto and <folder>/samples.csv, reads them back and
// returns the table. Tables are immutable: kAlreadyExists where the folder holds
// one. Both files appear at once, or not at all.
absl::StatusOr<cost::CalibrationTable> WriteTable(const std::string& folder,
                                                  const v1::CalibrationTableFile& header,
                                                  const std::vector<cost::Sample>& samples);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_TABLE_FILE_H_
