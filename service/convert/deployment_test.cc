#include "service/convert/deployment.h"

#include <google/protobuf/text_format.h>

#include <string>

#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

class ConvertDeploymentTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto data = cost::DataDirectory::Load("data");
    ASSERT_TRUE(data.ok()) << data.status();
    data_ = *data;
  }
  static void TearDownTestSuite() { data_.reset(); }

  static absl::StatusOr<cost::Deployment> Convert(const std::string& text) {
    v1::DeploymentChoice choice;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &choice)) << text;
    return FromProto(choice, *data_);
  }

  static std::shared_ptr<const cost::DataDirectory> data_;
};
std::shared_ptr<const cost::DataDirectory> ConvertDeploymentTest::data_;

TEST_F(ConvertDeploymentTest, ANamedOneIsTheDataDirectorys) {
  const auto deployment = Convert("name: 'deployments/wan'");
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  EXPECT_EQ(deployment->id, "wan");
  EXPECT_EQ(deployment->network.id, "wan1");
  EXPECT_FALSE(deployment->client.tables.empty());
}

TEST_F(ConvertDeploymentTest, ABaseWithAnotherLinkKeepsTheTablesAndLosesTheName) {
  const auto deployment = Convert(
      "custom { base: 'deployments/wan' network_profile { name: 'networks/wan1' "
      "round_trip_seconds: 0.5 "
      "client_to_server_bytes_per_second: 7 server_to_client_bytes_per_second: 8 } }");
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  EXPECT_EQ(deployment->id, "");
  EXPECT_EQ(deployment->network.id, "");  // spelled out, whatever it calls itself
  EXPECT_EQ(deployment->network.round_trip_seconds, 0.5);
  EXPECT_EQ(deployment->network.client_to_server_bytes_per_second, 7);
  EXPECT_EQ(deployment->network.server_to_client_bytes_per_second, 8);
  EXPECT_EQ(deployment->client.tables, Convert("name: 'deployments/wan'")->client.tables);
}

TEST_F(ConvertDeploymentTest, TablesAreFoundByNameInTheOrderGiven) {
  const auto deployment = Convert(
      "custom { network: 'networks/lan' "
      "client { threads: 4 tables { family: PRIMITIVE_FAMILY_GARBLING tables: 'tables/emp' tables: "
      "'tables/delphi-epyc7502' } } server {} }");
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  EXPECT_EQ(deployment->client.threads, 4);
  const auto& tables = deployment->client.tables.at(primitives::Family::kGarbling);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0], data_->FindTable("emp"));
  EXPECT_EQ(tables[1], data_->FindTable("delphi-epyc7502"));
  EXPECT_TRUE(deployment->server.tables.empty());
  EXPECT_EQ(deployment->server.threads, 1);
}

TEST_F(ConvertDeploymentTest, NamesOfNothingAreNotFoundAndListWhatThereIs) {
  const auto no_deployment = Convert("name: 'deployments/moon'");
  EXPECT_EQ(no_deployment.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(no_deployment.status().message()), HasSubstr("deployments/wan"));
  const auto no_network = Convert("custom { base: 'deployments/wan' network: 'networks/moon' }");
  EXPECT_EQ(GetErrorSite(no_network.status()).field, "deployment.custom.network");
  const auto no_table = Convert(
      "custom { base: 'deployments/wan' client { tables { family: PRIMITIVE_FAMILY_GARBLING "
      "tables: "
      "'tables/moon' } } }");
  EXPECT_EQ(no_table.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetErrorSite(no_table.status()).field, "deployment.custom.client.tables");
}

TEST_F(ConvertDeploymentTest, TablesOfListedDeploymentsCanBeAskedForAgain) {
  for (const cost::Deployment& deployment : data_->deployments()) {
    v1::Deployment message;
    ToProto(deployment, message);
    v1::DeploymentChoice choice;
    choice.mutable_custom()->set_network(message.network().name());
    *choice.mutable_custom()->mutable_client() = message.client();
    *choice.mutable_custom()->mutable_server() = message.server();
    const auto again = FromProto(choice, *data_);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->client.tables, deployment.client.tables) << deployment.id;
    EXPECT_EQ(again->server.tables, deployment.server.tables) << deployment.id;
    EXPECT_EQ(again->network.round_trip_seconds, deployment.network.round_trip_seconds);
  }
}

}  // namespace
}  // namespace picost::service
