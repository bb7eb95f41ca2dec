// Every sample model under every protocol over every link: seconds are finite, follow
// the link, and no layer takes more than the whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/compose.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/protocols/protocol.h"

namespace picost::accuracy {
namespace {

using cost::Deployment;
using cost::PhaseCost;

std::vector<std::string> Models() {
  if (std::getenv("PICOST_LONG") == nullptr) {
    return {"minionn_cifar", "resnet32_cifar", "vgg16_cifar", "squeezenet1_1_224"};
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("data/models")) {
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Case {
  std::string name;
  cost::CallPlan plan;
};

// What the protocols can run.
const std::vector<Case>& Cases() {
  static const auto* const cases = [] {
    auto* all = new std::vector<Case>;
    for (const std::string& model : Models()) {
      std::ifstream file("data/models/" + model + ".onnx", std::ios::binary);
      std::ostringstream bytes;
      bytes << file.rdbuf();
      graph::ImportOptions options;
      options.dimensions = {{"batch", 1}, {"N", 1}, {"batch_size", 1}, {"seq", 128}};
      const auto graph = graph::ImportOnnx(bytes.str(), options);
      if (!graph.ok()) continue;  // the importer's tests say why
      for (const protocols::Protocol* protocol : protocols::AllProtocols()) {
        auto plan = PlanCalls(*graph, {.id = protocol->info().id});
        if (plan.ok()) all->push_back({model + " " + protocol->info().id, *std::move(plan)});
      }
    }
    return all;
  }();
  return *cases;
}

Deployment Over(const std::string& network) {
  static const auto* const data =
      new std::shared_ptr<const cost::DataDirectory>(*cost::DataDirectory::Load("data"));
  Deployment deployment = *(*data)->FindDeployment("lan");
  deployment.network = *(*data)->FindNetwork(network);
  return deployment;
}

double Latency(const Case& c, const Deployment& deployment, int phase) {
  const auto phases = cost::ComposeTotals(c.plan, deployment);
  EXPECT_TRUE(phases.ok()) << phases.status();
  const auto& seconds = (*phases)[phase].latency_seconds;
  return seconds.has_value() ? seconds->p50 : -1;
}

TEST(SanityTest, NoPartIsNegativeAndNoLayerTakesMoreThanTheWhole) {
  ASSERT_GE(Cases().size(), 20u);
  for (const char* network : {"lo", "lan", "wan1", "mobile"}) {
    for (const Case& c : Cases()) {
      const auto estimate = cost::Compose(c.plan, Over(network));
      ASSERT_TRUE(estimate.ok()) << c.name << ": " << estimate.status();
      for (int phase = 0; phase < 3; ++phase) {
        const PhaseCost& total = estimate->phases[phase];
        EXPECT_GE(total.transfer_seconds, 0) << c.name;
        EXPECT_GE(total.flight_seconds, 0) << c.name;
        EXPECT_GE(total.slow_start_seconds, 0) << c.name;
        EXPECT_GE(total.overlapped_seconds, 0) << c.name;
        if (!total.latency_seconds.has_value()) continue;
        const Interval& latency = *total.latency_seconds;
        EXPECT_TRUE(std::isfinite(latency.high)) << c.name;
        EXPECT_LE(0, latency.low) << c.name;
        EXPECT_LE(latency.low, latency.p50) << c.name;
        EXPECT_LE(latency.p50, latency.mean) << c.name;
        EXPECT_LE(latency.p50, latency.high) << c.name;
        for (const cost::LayerEstimate& layer : estimate->layers) {
          const auto& part = layer.phases[phase].latency_seconds;
          ASSERT_TRUE(part.has_value()) << c.name << " " << layer.node;
          EXPECT_LE(part->p50, latency.p50 * (1 + 1e-9)) << c.name << " " << layer.node;
        }
      }
    }
  }
}

TEST(SanityTest, ALongerRoundTripIsNeverFasterAndMoreBandwidthNeverSlower) {
  for (const char* network : {"lan", "mobile"}) {
    for (const Case& c : Cases()) {
      for (int phase = 0; phase < 3; ++phase) {
        double before = 0;
        for (const double round_trip : {0.0, 0.0003, 0.01, 0.04, 0.3}) {
          Deployment deployment = Over(network);
          deployment.network.round_trip_seconds = round_trip;
          const double seconds = Latency(c, deployment, phase);
          if (seconds < 0) continue;  // no table
          EXPECT_GE(seconds, before * (1 - 1e-12)) << c.name << " " << round_trip;
          before = seconds;
        }
        before = 1e300;
        for (const double rate : {1e5, 1e6, 4e6, 4e7, 1e9}) {
          Deployment deployment = Over(network);
          deployment.network.client_to_server_bytes_per_second = rate;
          deployment.network.server_to_client_bytes_per_second = rate;
          const double seconds = Latency(c, deployment, phase);
          if (seconds < 0) continue;
          EXPECT_LE(seconds, before * (1 + 1e-12)) << c.name << " " << rate;
          before = seconds;
        }
      }
    }
  }
}

TEST(SanityTest, FourThreadsAreNeverSlowerAndAreFlagged) {
  for (const Case& c : Cases()) {
    Deployment four = Over("lan");
    four.client.threads = 4;
    four.server.threads = 4;
    for (int phase = 0; phase < 3; ++phase) {
      const double one = Latency(c, Over("lan"), phase);
      if (one >= 0) EXPECT_LE(Latency(c, four, phase), one * (1 + 1e-12)) << c.name;
    }
    const auto estimate = cost::Compose(c.plan, four);
    ASSERT_TRUE(estimate.ok());
    if (!estimate->provenance.tables.empty()) {
      EXPECT_TRUE(estimate->extrapolated) << c.name;
    }
  }
}

}  // namespace
}  // namespace picost::accuracy
