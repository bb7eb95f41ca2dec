// Questions to the oracle: plans, estimates and what prices them.
#include "service/oracle_service.h"

#include <google/protobuf/util/message_differencer.h>

#include <functional>
#include <set>
#include <string>

#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/catalog_service.h"
#include "service/error_reason.h"
#include "service/model_service.h"
#include "service/services_fixture.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;
using OracleServiceTest = ServicesTest;

TEST_F(OracleServiceTest, LayersAddUpToTheTotals) {
  const v1::Model model = Create("resnet18_cifar");
  v1::ListLayersRequest request;
  request.set_parent(model.name());
  request.set_page_size(7);
  int64_t relus = 0;
  int64_t macs = 0;
  int64_t nodes = 0;
  do {
    v1::ListLayersResponse response;
    ASSERT_TRUE(models_.ListLayers(request, response).ok());
    for (const v1::Layer& layer : response.layers()) {
      relus += layer.counts().relu_elements();
      macs += layer.counts().macs();
      ++nodes;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(relus, model.totals().relu_elements());
  EXPECT_EQ(macs, model.totals().macs());
  EXPECT_EQ(nodes, model.node_count());
}

struct Refused {
  std::string name;
  std::function<v1::GraphSource()> source;
  absl::StatusCode code;
};

TEST_F(OracleServiceTest, EveryProtocolIsComparedAndThoseThatRefuseSayWhy) {
  const v1::Model model = Create("resnet18_224");
  DataSource none{""};
  OracleService oracle{&loader_, &none};
  v1::ComparePlansRequest request;
  request.mutable_graph()->set_model(model.name());
  v1::PlanComparison comparison;
  ASSERT_TRUE(oracle.ComparePlans(request, comparison).ok());
  ASSERT_EQ(comparison.protocols_size(), 11);
  EXPECT_EQ(comparison.model(), model.name());
  for (const v1::ProtocolTotals& entry : comparison.protocols()) {
    SCOPED_TRACE(entry.protocol());
    EXPECT_EQ(entry.totals().counts().relu_elements(), 2308096);
    v1::PlanRequest one;
    one.mutable_graph()->set_model(model.name());
    one.mutable_protocol()->set_protocol(entry.protocol());
    v1::ProtocolPlan plan;
    const absl::Status status = oracle.Plan(one, plan);
    if (!entry.totals().refusal().empty()) {
      EXPECT_EQ(std::string(status.message()), entry.totals().refusal());
      EXPECT_FALSE(entry.totals().has_online());
      continue;
    }
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(plan.online().SerializeAsString(), entry.totals().online().SerializeAsString());
    EXPECT_EQ(plan.memory_size(), entry.memory_size());
  }
  EXPECT_THAT(comparison.protocols(0).totals().refusal(), HasSubstr("delphi does not plan conv"));
}

TEST_F(OracleServiceTest, RewritesShowWhatTheySaveAndThePlanIsTheLastOnes) {
  const v1::Model model = Create("vgg16_cifar");
  v1::ListRewritesResponse listed;
  ASSERT_TRUE(catalog_.ListRewrites({}, listed).ok());
  EXPECT_GE(listed.rewrites_size(), 8);
  v1::PlanRequest request;
  request.mutable_graph()->set_model(model.name());
  request.mutable_protocol()->set_protocol("protocols/cheetah");
  for (const v1::Rewrite& rewrite : listed.rewrites()) request.add_rewrites(rewrite.name());
  v1::ProtocolPlan plan;
  ASSERT_TRUE(oracle_.Plan(request, plan).ok());
  ASSERT_EQ(plan.rewrites_size(), listed.rewrites_size());
  const v1::PlanTotals& last = plan.rewrites(plan.rewrites_size() - 1).after();
  EXPECT_EQ(last.online().SerializeAsString(), plan.online().SerializeAsString());
  EXPECT_LT(last.online().flights(), plan.unrewritten().online().flights());
  for (int i = 0; i < listed.rewrites_size(); ++i) {
    EXPECT_EQ(plan.rewrites(i).exact(), listed.rewrites(i).exact());
  }
  // An estimate of the rewritten network has its traffic.
  v1::EstimateRequest asked = EstimateOf(model.name());
  *asked.mutable_protocol() = request.protocol();
  *asked.mutable_rewrites() = request.rewrites();
  v1::Estimate estimate;
  ASSERT_TRUE(oracle_.Estimate(asked, estimate).ok());
  EXPECT_EQ(estimate.online().traffic().SerializeAsString(), plan.online().SerializeAsString());
  EXPECT_EQ(estimate.memory_size(), plan.memory_size());

  request.add_rewrites("rewrites/nobody");
  const absl::Status status = oracle_.Plan(request, plan);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("swap-relu-maxpool"));
}

TEST_F(OracleServiceTest, PlanNeedsNoData) {
  const v1::Model model = Create("minionn_cifar");
  DataSource none{""};
  OracleService oracle{&loader_, &none};
  v1::PlanRequest request;
  request.mutable_graph()->set_model(model.name());
  request.mutable_protocol()->set_protocol("protocols/cheetah");
  v1::ProtocolPlan plan;
  EXPECT_TRUE(oracle.Plan(request, plan).ok());
  EXPECT_GT(plan.online().client_to_server_bytes(), 0);
  v1::Estimate estimate;
  EXPECT_EQ(oracle.Estimate(EstimateOf(model.name()), estimate).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(OracleServiceTest, PlanAndEstimateAgreeOnTraffic) {
  const v1::Model model = Create("resnet32_cifar");
  for (const char* protocol : {"protocols/delphi", "protocols/cheetah"}) {
    v1::PlanRequest plan_request;
    plan_request.mutable_graph()->set_model(model.name());
    plan_request.mutable_protocol()->set_protocol(protocol);
    v1::ProtocolPlan plan;
    ASSERT_TRUE(oracle_.Plan(plan_request, plan).ok());
    v1::EstimateRequest request = EstimateOf(model.name());
    request.mutable_protocol()->set_protocol(protocol);
    v1::Estimate estimate;
    ASSERT_TRUE(oracle_.Estimate(request, estimate).ok());
    const auto same = [](const v1::Traffic& a, const v1::Traffic& b) {
      return google::protobuf::util::MessageDifferencer::Equals(a, b);
    };
    EXPECT_TRUE(same(plan.setup(), estimate.setup().traffic())) << protocol;
    EXPECT_TRUE(same(plan.offline(), estimate.offline().traffic())) << protocol;
    EXPECT_TRUE(same(plan.online(), estimate.online().traffic())) << protocol;
  }
}

TEST_F(OracleServiceTest, WithoutTablesSecondsAreAbsentOrAnErrorWhereRequired) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  v1::CustomDeployment& custom = *request.mutable_deployment()->mutable_custom();
  custom.set_network("networks/lan");
  custom.mutable_client();
  custom.mutable_server();
  v1::Estimate estimate;
  ASSERT_TRUE(oracle_.Estimate(request, estimate).ok());
  EXPECT_FALSE(estimate.online().has_latency_seconds());
  EXPECT_GT(estimate.online().traffic().server_to_client_bytes(), 0);
  EXPECT_GT(estimate.missing_size(), 0);
  request.set_require_seconds(true);
  const absl::Status status = oracle_.Estimate(request, estimate);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetReason(status), "TABLES_MISSING");
}

TEST_F(OracleServiceTest, ParametersAreCheckedByTheProtocol) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  (*request.mutable_protocol()->mutable_parameters())["no_such_parameter"] = 1;
  v1::Estimate estimate;
  const absl::Status status = oracle_.Estimate(request, estimate);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no_such_parameter"));
}

v1::TableBinding* Bind(v1::Machine& machine, v1::PrimitiveFamily family, const std::string& table) {
  v1::TableBinding* binding = machine.add_tables();
  binding->set_family(family);
  if (!table.empty()) binding->add_tables("tables/" + table);
  return binding;
}

// The tables of deployment "lan" but for garbling.
void BindLan(v1::Machine& machine, const std::string& garbling) {
  Bind(machine, v1::PRIMITIVE_FAMILY_GARBLING, garbling);
  Bind(machine, v1::PRIMITIVE_FAMILY_OBLIVIOUS_TRANSFER, "emp");
  Bind(machine, v1::PRIMITIVE_FAMILY_HOMOMORPHIC, "delphi-epyc7502");
  Bind(machine, v1::PRIMITIVE_FAMILY_PLAINTEXT, "delphi-epyc7502");
}

TEST_F(OracleServiceTest, EachPartyIsPricedByItsOwnTables) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  v1::Estimate both;
  ASSERT_TRUE(oracle_.Estimate(request, both).ok());
  v1::CustomDeployment& custom = *request.mutable_deployment()->mutable_custom();
  custom.set_base("deployments/lan");
  BindLan(*custom.mutable_client(), "emp");
  v1::Estimate other_client;
  ASSERT_TRUE(oracle_.Estimate(request, other_client).ok());
  // Evaluation is the client's, garbling the server's.
  EXPECT_NE(other_client.online().client_compute_seconds().p50(),
            both.online().client_compute_seconds().p50());
  EXPECT_EQ(other_client.offline().server_compute_seconds().p50(),
            both.offline().server_compute_seconds().p50());
  BindLan(*custom.mutable_server(), "emp");
  custom.clear_client();
  v1::Estimate other_server;
  ASSERT_TRUE(oracle_.Estimate(request, other_server).ok());
  EXPECT_EQ(other_server.online().client_compute_seconds().p50(),
            both.online().client_compute_seconds().p50());
  EXPECT_NE(other_server.offline().server_compute_seconds().p50(),
            both.offline().server_compute_seconds().p50());
  std::set<std::pair<int, std::string>> garbling;  // whose, which
  for (const v1::TableUse& use : other_server.provenance().tables()) {
    if (use.family() == v1::PRIMITIVE_FAMILY_GARBLING) garbling.insert({use.party(), use.table()});
  }
  EXPECT_EQ(garbling.size(), 2u);
}

TEST_F(OracleServiceTest, AScaledTableTakesItsFactorItsErrorAndItsFlag) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  v1::Estimate before;
  ASSERT_TRUE(oracle_.Estimate(request, before).ok());
  v1::CustomDeployment& custom = *request.mutable_deployment()->mutable_custom();
  custom.set_base("deployments/lan");
  v1::Machine& client = *custom.mutable_client();
  BindLan(client, "");
  v1::ScaledTable& scaled = *client.mutable_tables(0)->add_scaled_tables();
  scaled.set_table("tables/delphi-epyc7502");
  scaled.set_machine("half as fast");
  v1::Probe& probe = *scaled.add_probes();
  probe.set_primitive("primitives/gc.evaluate");
  (*probe.mutable_parameters())["and_gates"] = 288;
  (*probe.mutable_parameters())["returned_bits"] = 0;
  (*probe.mutable_parameters())["garbler_is_client"] = 0;
  probe.set_count(557056);
  probe.set_executor(v1::EXECUTOR_CLIENT);
  probe.set_wall_seconds(2 * 10.168901);  // published: 10.168901
  v1::Estimate after;
  absl::Status status = oracle_.Estimate(request, after);
  ASSERT_TRUE(status.ok()) << status;
  const v1::Interval& slow = after.online().client_compute_seconds();
  const v1::Interval& fast = before.online().client_compute_seconds();
  EXPECT_NEAR(slow.p50() / fast.p50(), 2, 0.05);
  EXPECT_GT(slow.standard_deviation() / slow.p50(), fast.standard_deviation() / fast.p50());
  EXPECT_TRUE(after.extrapolated());
  int named = 0;
  for (const v1::TableUse& use : after.provenance().tables()) {
    if (use.scaled_from().empty()) continue;
    ++named;
    EXPECT_NE(use.scaled_from(), use.table());
    EXPECT_THAT(use.title(), HasSubstr("half as fast"));
  }
  EXPECT_EQ(named, 1);

  probe.set_primitive("primitives/cheetah.relu");
  status = oracle_.Estimate(request, after);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(GetErrorSite(status).field, HasSubstr("scaled_tables[0]"));
  scaled.clear_probes();
  status = oracle_.Estimate(request, after);
  EXPECT_EQ(GetErrorSite(status).field, "deployment.custom.client.tables.scaled_tables[0].probes");
}

}  // namespace
}  // namespace picost::service
