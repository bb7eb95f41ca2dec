// Layer logs of SCI and OpenCheetah: what a network built with LOG_LAYERWISE prints.
//
//   HomConv #1 called N=1, H=32, W=32, CI=3, ..., Padding SAME (1 1 1 1)     Cheetah
//   Conv2DCSF 1 called N=1, H=32, W=32, CI=3, FH=1, FW=1, CO=64, S=1         CrypTFlow2
//   Relu #1 on 65536 points, truncate=1 by 12 bits     (Relu 1 called size=65536 before)
//   Maxpool 1 called N=1, H=16, W=16, C=64, ksizeH=2, ksizeW=2       H, W: of the output
//   AvgPool 1 called N=1, ...
//   Time in sec for current conv|relu|maxpool|avgpool = 0.25   or   = [0.25] sent [3] MB
//
// (OpenCheetah, SCI/src/library_fixed_uniform*.cpp; what it prints, checked at 1b50e8b.)
// A ReLU's time is without the truncation behind it, which has no line of its own. A
// convolution of CrypTFlow2 does not tell its padding: only 1x1 kernels are read.
#ifndef PICOST_CALIBRATE_IMPORT_SCI_H_
#define PICOST_CALIBRATE_IMPORT_SCI_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/primitives/primitive.h"

namespace picost::calibrate {

// given: what no line tells; ring_bits makes it a log of the Cheetah variant, field_bits
// one of CrypTFlow2's. `left_out`: lines with a time that maps on no primitive.
absl::StatusOr<std::vector<cost::Sample>> ParseSciLog(std::string_view text,
                                                      const primitives::Parameters& given,
                                                      const std::string& network,
                                                      std::vector<std::string>& left_out);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_IMPORT_SCI_H_
