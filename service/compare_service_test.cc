#include "service/compare_service.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/base/error.h"
#include "service/store/memory_model_store.h"

namespace picost::service {
namespace {

// conv 3x3 to 8 channels - relu, on 3 x 16 x 16.
void SetGraph(v1::GraphSource& source) {
  v1::LayerShape& conv = *source.mutable_layer_shapes()->add_layers();
  conv.set_name("conv");
  conv.mutable_conv()->set_in_channels(3);
  conv.mutable_conv()->set_out_channels(8);
  conv.mutable_conv()->set_in_height(16);
  conv.mutable_conv()->set_in_width(16);
  conv.mutable_conv()->set_kernel(3);
  conv.mutable_conv()->set_padding(1);
  v1::LayerShape& relu = *source.mutable_layer_shapes()->add_layers();
  relu.set_name("relu");
  relu.mutable_activation()->set_function("relu");
  relu.mutable_activation()->set_elements(8 * 16 * 16);
}

class CompareServiceTest : public testing::Test {
 protected:
  static v1::CompareDeploymentsRequest Ask(const std::vector<std::string>& protocols,
                                           const std::vector<std::string>& deployments) {
    v1::CompareDeploymentsRequest request;
    SetGraph(*request.mutable_graph());
    for (const std::string& id : protocols) {
      request.add_protocols()->set_protocol("protocols/" + id);
    }
    for (const std::string& id : deployments) {
      request.add_deployments()->set_name("deployments/" + id);
    }
    return request;
  }

  v1::CompareDeploymentsResponse Get(const v1::CompareDeploymentsRequest& request) {
    v1::CompareDeploymentsResponse response;
    const absl::Status status = service_.CompareDeployments(request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  // The field that the error names.
  std::string Refused(const v1::CompareDeploymentsRequest& request,
                      absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    v1::CompareDeploymentsResponse response;
    const absl::Status status = service_.CompareDeployments(request, response);
    EXPECT_EQ(status.code(), code) << status;
    return GetErrorSite(status).field;
  }

  MemoryModelStore store_;
  inline static DataSource data_{"data"};
  GraphLoader loader_{&store_, graph::ImportLimits{}, int64_t{1} << 20};
  CompareService service_{&loader_, &data_};
};

TEST_F(CompareServiceTest, CellsStandInTheOrderAskedForWithTheFastestNamed) {
  const auto response = Get(Ask({"delphi", "cheetah"}, {"lan", "wan", "mobile"}));
  ASSERT_EQ(response.cells_size(), 6);
  ASSERT_EQ(response.fastest_size(), 3);
  for (int i = 0; i < 6; ++i) {
    const v1::ComparedCell& cell = response.cells(i);
    EXPECT_EQ(cell.protocol(), i % 2);
    EXPECT_EQ(cell.deployment(), i / 2);
    EXPECT_FALSE(cell.has_error());
    ASSERT_TRUE(cell.has_seconds());
    EXPECT_NEAR(cell.seconds().p50(),
                cell.offline().latency_seconds().p50() + cell.online().latency_seconds().p50(),
                1e-12);
    const v1::ComparedCell& best = response.cells(i / 2 * 2 + response.fastest(i / 2).protocol());
    EXPECT_LE(best.seconds().p50(), cell.seconds().p50());
  }
}

TEST_F(CompareServiceTest, AProtocolThatRefusesHasItsErrorInItsCellsAlone) {
  const auto response = Get(Ask({"no-such", "cheetah"}, {"lan"}));
  EXPECT_EQ(response.cells(0).error().code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_NE(response.cells(0).error().message().find("no-such"), std::string::npos);
  EXPECT_FALSE(response.cells(0).has_online());
  EXPECT_TRUE(response.cells(1).has_seconds());
  EXPECT_EQ(response.fastest(0).protocol(), 1);
}

TEST_F(CompareServiceTest, WithoutTablesThereIsTrafficAndTheMissingPrimitives) {
  const auto response = Get(Ask({"crypten"}, {"lan"}));
  EXPECT_FALSE(response.cells(0).has_seconds());
  EXPECT_GT(response.cells(0).missing_size(), 0);
  EXPECT_GT(response.cells(0).online().traffic().flights(), 0);
  EXPECT_FALSE(response.fastest(0).has_protocol());
}

TEST_F(CompareServiceTest, TheMetricDecidesWhatIsCompared) {
  v1::CompareDeploymentsRequest request = Ask({"delphi"}, {"lan"});
  const double both = Get(request).cells(0).seconds().p50();
  request.set_metric(v1::COMPARE_METRIC_ONLINE);
  const auto online = Get(request);
  EXPECT_EQ(online.cells(0).seconds().p50(), online.cells(0).online().latency_seconds().p50());
  EXPECT_LT(online.cells(0).seconds().p50(), both);
}

TEST_F(CompareServiceTest, EqualQuestionsGetEqualBytes) {
  const auto request = Ask({"delphi", "cheetah", "cryptflow2-he"}, {"lan", "wan"});
  EXPECT_EQ(Get(request).SerializeAsString(), Get(request).SerializeAsString());
}

TEST_F(CompareServiceTest, WhatIsMalformedIsRefusedByItsPath) {
  EXPECT_EQ(Refused(Ask({}, {"lan"})), "protocols");
  EXPECT_EQ(Refused(Ask({"cheetah"}, {})), "deployments");
  EXPECT_EQ(Refused(Ask(std::vector<std::string>(17, "cheetah"), {"lan"})), "protocols");
  EXPECT_EQ(Refused(Ask({"cheetah"}, std::vector<std::string>(33, "lan"))), "deployments");
  EXPECT_EQ(
      Refused(Ask(std::vector<std::string>(16, "cheetah"), std::vector<std::string>(9, "lan"))),
      "deployments");
  EXPECT_EQ(Refused(Ask({"a b"}, {"lan"})), "protocols[0].protocol");
  EXPECT_EQ(Refused(Ask({"cheetah"}, {"lan", "a b"})), "deployments[1].name");
  EXPECT_EQ(Refused(Ask({"cheetah"}, {"lan", "moon"}), absl::StatusCode::kNotFound),
            "deployments[1].name");
  v1::CompareDeploymentsRequest request = Ask({"cheetah"}, {"lan"});
  request.set_metric(static_cast<v1::CompareMetric>(99));
  EXPECT_EQ(Refused(request), "metric");
  request = Ask({"cheetah"}, {"lan"});
  request.clear_graph();
  EXPECT_EQ(Refused(request), "graph");
}

}  // namespace
}  // namespace picost::service
