// Seconds of primitives: the fits of one calibration table.
//
// For each fit group (primitive, executor, values of its must_match parameters)
//
//   seconds(u) = u . b        u: usage vector of the primitive, b >= 0
//
// b by non-negative weighted least squares on relative errors over the table's
// loopback samples; S is the covariance of b, and each call adds an independent
// residual with the fit's relative standard deviation. Several calls of one
// group share b, so their errors are fully correlated: sum usage first, then
//
//   point = u . b,   variance = u' S u + sum over calls (residual x seconds)^2.
#ifndef PICOST_ESTIMATOR_COST_COST_MODEL_H_
#define PICOST_ESTIMATOR_COST_COST_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "estimator/cost/calibration_table.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Version of the fitting procedure: part of the provenance of every second.
inline constexpr char kFitVersion[] = "nnls-relative/1";

struct FitGroup {
  std::string key;  // "cheetah.relu|joint|": primitive, executor, matched parameters
  const primitives::PrimitiveSpec* spec = nullptr;
  primitives::Executor executor = primitives::Executor::kJoint;
  primitives::Parameters matched;
  std::vector<double> coefficients;             // seconds per usage item
  std::vector<std::vector<double>> covariance;  // of the coefficients
  double residual_relative_stddev = 0;
  int64_t sample_count = 0;
  int64_t shape_count = 0;  // distinct (parameters, count)
  // Domain hull: what was measured, per usage item.
  std::vector<int64_t> usage_minimum;
  std::vector<int64_t> usage_maximum;
};

class CostModel {
 public:
  // Fits every group of the table. Deterministic. kInvalidArgument where a
  // sample names an unknown primitive or its parameters are out of range.
  static absl::StatusOr<std::shared_ptr<const CostModel>> Fit(
      std::shared_ptr<const CalibrationTable> table);

  const CalibrationTable& table() const { return *table_; }
  const std::vector<FitGroup>& groups() const { return groups_; }

  // The group that prices the call; null where the table does not cover it.
  const FitGroup* Find(const primitives::PrimitiveCall& call) const;

 private:
  CostModel() = default;

  std::shared_ptr<const CalibrationTable> table_;
  std::vector<FitGroup> groups_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_COST_MODEL_H_
