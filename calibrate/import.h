// Tables from what other tools print. Nothing is guessed: a line that maps on no
// primitive of the catalogue is named and left out, and what a log does not say
// (revision, machine, day) the caller has to.
#ifndef PICOST_CALIBRATE_IMPORT_H_
#define PICOST_CALIBRATE_IMPORT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"

namespace picost::calibrate {

struct ImportOptions {
  // csv      a header line with columns of samples.csv, in any order; primitive,
  //          parameters, count and wall_s are required
  // sci      the standard output of a network of SCI or OpenCheetah built with
  //          LOG_LAYERWISE (import_sci.h)
  // crypten  what crypten.print_communication_stats() logs, as one sample of
  //          `primitive`; Bytes are those of one party, Rounds its exchanges
  std::string format;
  std::string primitive;   // crypten
  std::string parameters;  // crypten: all; sci: those that no line tells
  int64_t count = 1;       // crypten
  std::string backend_version;
  std::string processor;
  std::string date;
  std::string network = "lo";
  std::string folder;  // of the table
};

struct ImportResult {
  int samples = 0;
  std::vector<std::string> left_out;
};

// Samples of a text, without writing a table.
absl::StatusOr<std::vector<cost::Sample>> ParseImport(std::string_view text,
                                                      const ImportOptions& options,
                                                      std::vector<std::string>& left_out);

absl::StatusOr<ImportResult> Import(std::string_view text, const ImportOptions& options);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_IMPORT_H_
