// Seconds of primitives: the fits of one calibration table.
//
// For each fit group (primitive or cost group, executor, values of the
// must_match parameters)
//
//   seconds(u) = u . b        u: usage vector of the primitive, b >= 0
//
// b by non-negative weighted least squares on relative errors over the table's
// loopback samples, medians by shape; S is the covariance of b. Several calls of
// one group share b, so their errors are fully correlated: sum usage first, then
//
//   point    = u . b
//   variance = u' S u + sum over calls (own x seconds)^2 + (session x point)^2
//
// own: scatter of one call (misfit of its shape and of its repetitions);
// session: how far a whole process runs faster or slower than another. The halves of
// an interval are `conformal` factors times the root of the variance: quantiles, over
// rows that the fit has not seen, of error by predicted error.
#ifndef PICOST_ESTIMATOR_COST_COST_MODEL_H_
#define PICOST_ESTIMATOR_COST_COST_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/cost/network_profile.h"
#include "estimator/cost/uncertainty.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Version of the fitting procedure: part of the provenance of every second.
inline constexpr char kFitVersion[] = "nnls-relative/5";

// One point of a fit: all repetitions of one shape.
struct ShapePoint {
  const primitives::PrimitiveSpec* spec = nullptr;
  primitives::Parameters parameters;
  int64_t count = 0;
  std::vector<int64_t> usage;
  double median_seconds = 0;    // over the repetitions, nested work taken out
  double relative_spread = 0;   // standard deviation of the repetitions / median
  std::vector<double> seconds;  // of the repetitions
  int64_t repetitions = 0;
  bool nested = false;  // derived: other primitives ran inside
  // Least usage of a call of which the shape is the sum (a phase of a whole network);
  // empty, or the shape's own, where it is one call.
  std::vector<int64_t> least_call_usage;
};

struct FitGroup {
  std::string key;  // "cheetah.comparison|client|": group, executor, matched parameters
  const primitives::PrimitiveSpec* spec = nullptr;  // of one member: all have its usage items
  primitives::Executor executor = primitives::Executor::kJoint;
  primitives::Parameters matched;
  std::vector<double> coefficients;             // seconds per usage item
  std::vector<std::vector<double>> covariance;  // of the coefficients
  double residual_relative_stddev = 0;
  // False where there are no more shapes than coefficients, so that the samples
  // say nothing about the error: an assumed one is used and no level is claimed.
  bool residual_known = false;
  double repetition_relative_stddev = 0;  // median over shapes
  double session_relative_stddev = 0;
  // Split conformal prediction at kIntervalLevel; claimed only with enough scores.
  HalfWidths conformal;       // in roots of the variance
  HalfWidths link_conformal;  // where the link takes most of the time
  int64_t score_count = 0;
  bool interval_claimed = false;
  // Share of the shorter of work and transfer that runs at the same time as the
  // longer: 0 where a backend computes, then sends; fitted on the table's samples
  // over links.
  double overlap = 0;
  // Whole-network runs whose layers are among the scores: nothing that is scored
  // on one of these networks may use this group's intervals.
  std::vector<std::string> discrepancy_runs;
  int64_t sample_count = 0;
  std::vector<ShapePoint> shapes;
  // Domain hull: what was measured, per usage item.
  std::vector<int64_t> usage_minimum;
  std::vector<int64_t> usage_maximum;

  double Point(const std::vector<int64_t>& usage) const;     // u . b
  double Variance(const std::vector<int64_t>& usage) const;  // u' S u
  // Variance of the seconds of one call alone.
  double CallVariance(const std::vector<int64_t>& usage) const;
  double OwnRelativeStddev() const;  // misfit and repetitions of one call
  // False where the usage has an item that no sample has: its cost is unknown,
  // not zero.
  bool Covers(const std::vector<int64_t>& usage) const;
  // True where an item of the usage lies outside what was measured.
  bool Extrapolates(const std::vector<int64_t>& usage) const;
};

// A layer of a whole-network run over loopback or a link: never in a fit, but it tells
// how far the fit is off where operations run one after another.
struct Discrepancy {
  std::string run;
  Sample sample;
};

// Fits one group to its shapes; `shapes` must not be empty. Deterministic.
void FitCoefficients(FitGroup& group);

class CostModel {
 public:
  // Fits every group of the table. Deterministic. kInvalidArgument where a
  // sample names an unknown primitive or its parameters are out of range. Samples
  // over one of the networks (by id) tell how far work and transfer overlap.
  static absl::StatusOr<std::shared_ptr<const CostModel>> Fit(
      std::shared_ptr<const CalibrationTable> table,
      const std::vector<Discrepancy>& discrepancies = {},
      const std::vector<NetworkProfile>& networks = {});

  // A model whose groups were made from another's (ScaleModel).
  static std::shared_ptr<const CostModel> FromGroups(std::shared_ptr<const CalibrationTable> table,
                                                     std::vector<FitGroup> groups);

  const CalibrationTable& table() const { return *table_; }
  const std::vector<FitGroup>& groups() const { return groups_; }

  // The group that prices the call; null where the table does not cover it.
  // Joint calls are priced by joint samples, else by those of the client, who
  // waits for the server. A call of one party is priced by this party's
  // samples, else by those of the other: the same code on the same machine.
  const FitGroup* Find(const primitives::PrimitiveCall& call) const;

 private:
  CostModel() = default;

  std::shared_ptr<const CalibrationTable> table_;
  std::vector<FitGroup> groups_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_COST_MODEL_H_
