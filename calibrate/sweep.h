// Runs what a driver declares worth measuring, and keeps what is done in a
// journal, so that a broken run goes on where it stopped.
#ifndef PICOST_CALIBRATE_SWEEP_H_
#define PICOST_CALIBRATE_SWEEP_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "calibrate/driver_pair.h"
#include "estimator/cost/calibration_table.h"

namespace picost::calibrate {

struct SweepOptions {
  bool quick = false;
  // Of every point, one in each pass over the whole sweep: what slows the machine for
  // some seconds shows in the spread of many points, not as an error of one.
  int repetitions = 7;
  int warm_up = 1;  // before each repetition
  std::string network = "lo";
  std::string journal;  // path; empty: none is kept
  int64_t input_seed = 1;
  double timeout_seconds = 300;  // of one point
  // Points with a shape whose repetitions spread more (standard deviation / median) are
  // measured as often again, in further passes behind all others. Nothing is thrown away;
  // what still spreads is noted as noisy.
  double noisy_spread = 0.10;
  double most_seconds = 600;  // no pass begins later, the first three apart
};

struct SweepProgress {
  int done = 0;   // measurements: points by passes
  int total = 0;  // grows where points are measured again, shrinks where time is over
  std::string what;
  double seconds_left = 0;  // from the work done so far; negative: not known yet
};

struct SweepResult {
  std::vector<cost::Sample> samples;
  std::vector<std::string> noisy;  // "gc.garble ... x 1024: spread 14 %"
  int points = 0;
  int repetitions = 0;   // of every point: fewer than asked for where the time was over
  int measurements = 0;  // points by passes
  int resumed = 0;       // of these, taken from the journal
};

absl::StatusOr<SweepResult> RunSweep(DriverPair& pair, const SweepOptions& options,
                                     const std::function<void(const SweepProgress&)>& progress);

// "gc.relu bits=32;field=0 x 1024"
std::string PointName(const SweepPoint& point);

// Standard deviation around the median over the median, the largest of the
// shapes (primitive, parameters, count, executor) in the samples.
double LargestSpread(const std::vector<cost::Sample>& samples, std::string* where);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_SWEEP_H_
