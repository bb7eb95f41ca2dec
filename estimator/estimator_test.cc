#include "estimator/estimator.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "estimator/cost/data_directory.h"
#include "estimator/graph/onnx_import.h"

namespace picost {
namespace {

using primitives::Phase;

const cost::DataDirectory& Data() {
  static const auto* const data =
      new std::shared_ptr<const cost::DataDirectory>(*cost::DataDirectory::Load("data"));
  return **data;
}

graph::Graph Model(const std::string& name) {
  std::ifstream file("data/models/" + name + ".onnx", std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto graph = graph::ImportOnnx(bytes.str(), {});
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *std::move(graph);
}

const cost::PhaseCost& Of(const cost::Estimate& estimate, Phase phase) {
  return estimate.phases[static_cast<int>(phase)];
}

class EstimatorTest : public testing::TestWithParam<const char*> {};

TEST_P(EstimatorTest, CifarResNet18HasSecondsInEveryPhaseUnderEveryShippedDeployment) {
  const graph::Graph model = Model("resnet18_cifar");
  for (const cost::Deployment& deployment : Data().deployments()) {
    const auto estimate = EstimateModel(model, {.id = GetParam()}, deployment);
    ASSERT_TRUE(estimate.ok()) << estimate.status();
    EXPECT_EQ(estimate->layers.size(), model.nodes().size());
    for (const Phase phase : {Phase::kSetup, Phase::kOffline, Phase::kOnline}) {
      // Key generation was published and not measured.
      if (phase == Phase::kSetup && deployment.id.ends_with("-measured") &&
          GetParam() == std::string("delphi")) {
        EXPECT_FALSE(Of(*estimate, phase).latency_seconds.has_value());
        continue;
      }
      EXPECT_TRUE(Of(*estimate, phase).latency_seconds.has_value())
          << deployment.id << ": " << estimate->bottleneck;
    }
    EXPECT_GT(Of(*estimate, Phase::kOnline).latency_seconds->p50, 1) << deployment.id;
    EXPECT_EQ(estimate->provenance.deployment_id, deployment.id);
    EXPECT_EQ(estimate->provenance.graph_fingerprint, model.fingerprint());
    EXPECT_FALSE(estimate->provenance.tables.empty());
    EXPECT_FALSE(estimate->bottleneck.empty());
  }
}

TEST_P(EstimatorTest, TotalsAreThoseOfThePlan) {
  const graph::Graph model = Model("minionn_cifar");
  const auto plan = PlanModel(model, {.id = GetParam()});
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto estimate = EstimateModel(model, {.id = GetParam()}, *Data().FindDeployment("wan"));
  ASSERT_TRUE(estimate.ok()) << estimate.status();
  for (const Phase phase : {Phase::kSetup, Phase::kOffline, Phase::kOnline}) {
    EXPECT_EQ(Of(*estimate, phase).traffic, plan->TotalTraffic(phase));
  }
}

TEST_P(EstimatorTest, SlowerLinksNeverMakeItFaster) {
  const graph::Graph model = Model("minionn_cifar");
  cost::Deployment deployment = *Data().FindDeployment("lan");
  double last = 0;
  for (const double round_trip : {0.0, 0.001, 0.04, 0.2}) {
    deployment.network.round_trip_seconds = round_trip;
    const auto estimate = EstimateModel(model, {.id = GetParam()}, deployment);
    ASSERT_TRUE(estimate.ok());
    EXPECT_GT(Of(*estimate, Phase::kOnline).latency_seconds->p50, last);
    last = Of(*estimate, Phase::kOnline).latency_seconds->p50;
  }
}

INSTANTIATE_TEST_SUITE_P(Protocols, EstimatorTest, testing::Values("cheetah", "delphi"));

TEST(EstimatorErrorTest, AnUnknownProtocolIsNotFound) {
  const auto estimate =
      EstimateModel(Model("minionn_cifar"), {.id = "telepathy"}, *Data().FindDeployment("lan"));
  EXPECT_EQ(estimate.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace picost
