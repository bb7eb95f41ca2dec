#include "estimator/cost/synthetic_table.h"

#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"

namespace picost::cost {

Sample SyntheticSample(const std::string& primitive, const primitives::Parameters& parameters,
                       int64_t count, primitives::Executor executor,
                       const std::vector<double>& coefficients, double factor) {
  const absl::StatusOr<primitives::PrimitiveCall> call =
      primitives::MakeCall(primitive, parameters, count, primitives::Phase::kOnline, executor);
  if (!call.ok() || call->usage.size() != coefficients.size()) std::abort();
  double seconds = 0;
  for (size_t i = 0; i < coefficients.size(); ++i) {
    seconds += static_cast<double>(call->usage[i]) * coefficients[i];
  }
  Sample sample;
  sample.primitive = primitive;
  sample.parameters = parameters;
  sample.count = count;
  sample.executor = executor;
  sample.network = "lo";
  sample.wall = Seconds(seconds * factor);
  sample.cpu = Seconds(-1);
  return sample;
}

std::shared_ptr<const CalibrationTable> SyntheticTable(const std::string& name,
                                                       std::vector<Sample> samples) {
  CalibrationTable table;
  table.id = "synthetic-" + name;
  table.name = name;
  table.title = "synthetic " + name;
  table.origin = Origin::kSynthetic;
  table.environment.backend = "synthetic";
  table.environment.backend_version = "1";
  table.samples = std::move(samples);
  return std::make_shared<const CalibrationTable>(std::move(table));
}

std::shared_ptr<const CostModel> SyntheticModel(const std::string& name,
                                                std::vector<Sample> samples) {
  auto model = CostModel::Fit(SyntheticTable(name, std::move(samples)));
  if (!model.ok()) std::abort();
  return *std::move(model);
}

}  // namespace picost::cost
