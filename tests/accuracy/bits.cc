#include "tests/accuracy/bits.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "estimator/cost/call_plan.h"
#include "estimator/cost/compose.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "tests/accuracy/scoring.h"

namespace picost::accuracy {

std::string EstimateBits(const std::string& data_path) {
  const auto data = cost::DataDirectory::Load(data_path);
  const auto layers = cost::ReadRunLayers(data_path + "/runs/layers.csv");
  if (!data.ok() || !layers.ok()) std::abort();
  std::string bits;
  for (const RunPlan& plan : PlanRuns(*layers)) {
    cost::CallPlan calls;
    for (const auto& layer : plan.calls) calls.layers.push_back({.calls = layer});
    for (const cost::NetworkProfile& network : (*data)->networks()) {
      cost::Deployment deployment = *(*data)->FindDeployment("lan");
      deployment.network = network;
      const auto estimate = cost::Compose(calls, deployment);
      if (!estimate.ok()) std::abort();
      const auto& latency = estimate->phases[2].latency_seconds;
      if (!latency.has_value()) std::abort();
      char line[256];
      std::snprintf(line, sizeof(line), "%s %s %s %a %a %a %a\n", plan.backend.c_str(),
                    plan.run.c_str(), network.id.c_str(), latency->p50, latency->mean, latency->low,
                    latency->high);
      bits += line;
    }
  }
  return bits;
}

}  // namespace picost::accuracy
