#include "service/validate.h"

#include <google/protobuf/text_format.h>

#include <limits>
#include <string>
#include <vector>

#include "estimator/base/error.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

const std::string kModel = "models/" + std::string(64, 'a');

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

const char kGoodEstimate[] = R"(
  graph { onnx: "x" dimensions { key: "N" value: 1 } unknown_operators: UNKNOWN_OPERATOR_POLICY_ERROR }
  protocol { protocol: "protocols/delphi" parameters { key: "ring_bits" value: 41 } }
  deployment { name: "deployments/lan" }
  view: ESTIMATE_VIEW_CALLS)";

TEST(ValidateTest, GoodRequestsPass) {
  EXPECT_TRUE(Validate(Parse<v1::EstimateRequest>(kGoodEstimate)).ok());
  EXPECT_TRUE(Validate(Parse<v1::InspectRequest>("graph { model: \"" + kModel + "\" }")).ok());
  EXPECT_TRUE(
      Validate(Parse<v1::CreateModelRequest>(R"(graph { onnx: "x" } display_name: "my net")"))
          .ok());
}

struct Case {
  std::string name;
  std::string text;
  std::string field;  // that the error names
};

class BadEstimateTest : public ::testing::TestWithParam<Case> {};

TEST_P(BadEstimateTest, IsInvalidAndNamesTheField) {
  const absl::Status status = Validate(Parse<v1::EstimateRequest>(GetParam().text));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(GetErrorSite(status).field, GetParam().field) << status;
  EXPECT_FALSE(GetErrorSite(status).mend.empty()) << status;
}

std::string With(const std::string& graph, const std::string& protocol,
                 const std::string& deployment, const std::string& rest = "") {
  return "graph { " + graph + " } protocol { " + protocol + " } deployment { " + deployment +
         " } " + rest;
}
const std::string kOnnx = R"(onnx: "x")";
const std::string kDelphi = R"(protocol: "protocols/delphi")";
const std::string kLan = R"(name: "deployments/lan")";

std::string Profile(const std::string& fields) {
  return R"(custom { base: "deployments/lan" network_profile { )" + fields + " } }";
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadEstimateTest,
    ::testing::ValuesIn(std::vector<Case>{
        {"Empty", "", "graph"},
        {"ModelWithoutCollection", With("model: 'abc'", kDelphi, kLan), "graph.model"},
        {"ModelNotHex", With("model: 'models/xyz'", kDelphi, kLan), "graph.model"},
        {"ModelUpperCase", With("model: 'models/" + std::string(64, 'A') + "'", kDelphi, kLan),
         "graph.model"},
        {"DimensionZero", With(kOnnx + " dimensions { key: 'N' value: 0 }", kDelphi, kLan),
         "graph.dimensions"},
        {"DimensionWithoutName", With(kOnnx + " dimensions { key: '' value: 1 }", kDelphi, kLan),
         "graph.dimensions"},
        {"DimensionsOfARegisteredModel",
         With("model: '" + kModel + "' dimensions { key: 'N' value: 1 }", kDelphi, kLan),
         "graph.dimensions"},
        {"PolicyUnspecified",
         With(kOnnx + " unknown_operators: UNKNOWN_OPERATOR_POLICY_UNSPECIFIED", kDelphi, kLan),
         "graph.unknown_operators"},
        {"ProtocolMissing", With(kOnnx, "", kLan), "protocol.protocol"},
        {"ProtocolWithoutCollection", With(kOnnx, "protocol: 'delphi'", kLan), "protocol.protocol"},
        {"ProtocolWithSlash", With(kOnnx, "protocol: 'protocols/a/b'", kLan), "protocol.protocol"},
        {"DeploymentMissing", With(kOnnx, kDelphi, ""), "deployment"},
        {"DeploymentWithoutCollection", With(kOnnx, kDelphi, "name: 'lan'"), "deployment.name"},
        {"CustomEmpty", With(kOnnx, kDelphi, "custom {}"), "deployment.custom"},
        {"BandwidthZero",
         With(kOnnx, kDelphi,
              Profile("round_trip_seconds: 0.1 server_to_client_bytes_per_second: 1")),
         "deployment.custom.network_profile.client_to_server_bytes_per_second"},
        {"BandwidthNan",
         With(kOnnx, kDelphi,
              Profile(
                  "client_to_server_bytes_per_second: 1 server_to_client_bytes_per_second: nan")),
         "deployment.custom.network_profile.server_to_client_bytes_per_second"},
        {"BandwidthInfinite",
         With(kOnnx, kDelphi,
              Profile(
                  "client_to_server_bytes_per_second: inf server_to_client_bytes_per_second: 1")),
         "deployment.custom.network_profile.client_to_server_bytes_per_second"},
        {"RoundTripNegative", With(kOnnx, kDelphi, Profile("round_trip_seconds: -1")),
         "deployment.custom.network_profile.round_trip_seconds"},
        {"FamilyTwice",
         With(kOnnx, kDelphi,
              "custom { base: 'deployments/lan' client { "
              "tables { family: PRIMITIVE_FAMILY_GARBLING tables: 'tables/a' } "
              "tables { family: PRIMITIVE_FAMILY_GARBLING tables: 'tables/b' } } }"),
         "deployment.custom.client.tables.family"},
        {"TablesEmpty",
         With(kOnnx, kDelphi,
              "custom { base: 'deployments/lan' server { tables { family: "
              "PRIMITIVE_FAMILY_GARBLING } } }"),
         "deployment.custom.server.tables.tables"},
        {"ThreadsZero",
         With(kOnnx, kDelphi, "custom { base: 'deployments/lan' server { threads: 0 } }"),
         "deployment.custom.server.threads"},
        {"ViewUnspecified", With(kOnnx, kDelphi, kLan, "view: ESTIMATE_VIEW_UNSPECIFIED"), "view"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ValidateTest, EnumValuesBeyondTheListAreRefused) {
  auto request = Parse<v1::EstimateRequest>(kGoodEstimate);
  request.set_view(static_cast<v1::EstimateView>(99));
  EXPECT_EQ(GetErrorSite(Validate(request)).field, "view");
  request = Parse<v1::EstimateRequest>(kGoodEstimate);
  request.mutable_graph()->set_unknown_operators(static_cast<v1::UnknownOperatorPolicy>(99));
  EXPECT_EQ(GetErrorSite(Validate(request)).field, "graph.unknown_operators");
}

TEST(ValidateTest, DisplayNamesHaveALimitAndNoControlCharacters) {
  EXPECT_TRUE(ValidateDisplayName(std::string(256, 'x')).ok());
  EXPECT_FALSE(ValidateDisplayName(std::string(257, 'x')).ok());
  EXPECT_FALSE(ValidateDisplayName("a\nb").ok());
}

TEST(ValidateTest, AModelIsNotCreatedFromAName) {
  const absl::Status status =
      Validate(Parse<v1::CreateModelRequest>("graph { model: '" + kModel + "' }"));
  EXPECT_EQ(GetErrorSite(status).field, "graph.model");
}

}  // namespace
}  // namespace picost::service
