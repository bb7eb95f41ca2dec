// Tables made up with known coefficients, for tests.
#ifndef PICOST_ESTIMATOR_COST_SYNTHETIC_TABLE_H_
#define PICOST_ESTIMATOR_COST_SYNTHETIC_TABLE_H_

#include <memory>
#include <string>
#include <vector>

#include "estimator/cost/calibration_table.h"
#include "estimator/cost/cost_model.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// A sample that takes exactly usage . coefficients x factor seconds.
Sample SyntheticSample(const std::string& primitive, const primitives::Parameters& parameters,
                       int64_t count, primitives::Executor executor,
                       const std::vector<double>& coefficients, double factor = 1);

// A synthetic table of the samples, with an id made from `name`.
std::shared_ptr<const CalibrationTable> SyntheticTable(const std::string& name,
                                                       std::vector<Sample> samples);

// The same, fitted; aborts where the fit fails.
std::shared_ptr<const CostModel> SyntheticModel(const std::string& name,
                                                std::vector<Sample> samples);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_SYNTHETIC_TABLE_H_
