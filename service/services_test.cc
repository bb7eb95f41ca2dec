// The three services over both kinds of store, without transport.
#include <google/protobuf/util/message_differencer.h>

#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/catalog_service.h"
#include "service/error_reason.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

std::string ReadModel(const std::string& name) {
  std::ifstream file("data/models/" + name + ".onnx", std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string Varint(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  return bytes + static_cast<char>(value);
}

std::string Field(int number, const std::string& bytes) {
  return Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(bytes.size()) + bytes;
}

// The ONNX file with one more initializer, of floats: ModelProto.graph is field 7,
// GraphProto.initializer 5; TensorProto has dims 1, data_type 2, name 8, raw_data 9.
std::string WithInitializer(const std::string& onnx, const std::string& raw_data) {
  const std::string tensor = Varint(1 << 3) + Varint(raw_data.size() / 4) + Varint(2 << 3) +
                             Varint(1) + Field(8, "spare") + Field(9, raw_data);
  std::string made;
  size_t at = 0;
  const auto varint = [&] {
    uint64_t value = 0;
    for (int shift = 0; at < onnx.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(onnx[at++]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < onnx.size()) {
    const size_t begin = at;
    const uint64_t tag = varint();
    const uint64_t size = varint();  // or the value itself
    if ((tag & 7) != 2) {
      made += onnx.substr(begin, at - begin);
      continue;
    }
    std::string bytes = onnx.substr(at, size);
    at += size;
    if (tag >> 3 == 7) bytes += Field(5, tensor);
    made += Field(static_cast<int>(tag >> 3), bytes);
  }
  return made;
}

class ServicesTest : public ::testing::Test {
 protected:
  v1::Model Create(const std::string& file, const std::string& display_name = "") {
    v1::CreateModelRequest request;
    request.mutable_graph()->set_onnx(ReadModel(file));
    request.set_display_name(display_name);
    v1::Model model;
    const absl::Status status = models_.CreateModel(request, model);
    EXPECT_TRUE(status.ok()) << status;
    return model;
  }

  v1::EstimateRequest EstimateOf(const std::string& model) {
    v1::EstimateRequest request;
    request.mutable_graph()->set_model(model);
    request.mutable_protocol()->set_protocol("protocols/delphi");
    request.mutable_deployment()->set_name("deployments/lan");
    return request;
  }

  int64_t now_ = 1'700'000'000'000'001;
  MemoryModelStore store_;
  // Shared by all tests: fits are made once.
  inline static DataSource data_{"data"};
  GraphLoader loader_{&store_, graph::ImportLimits{}, int64_t{1} << 20};
  ModelService models_{&store_, &loader_, [this] { return now_; }};
  OracleService oracle_{&loader_, &data_};
  CatalogService catalog_{&data_};
};

TEST_F(ServicesTest, CreatingAgainGivesTheSameModel) {
  const v1::Model first = Create("resnet18_cifar", "mine");
  EXPECT_EQ(first.totals().relu_elements(), 557056);
  EXPECT_EQ(first.create_time().seconds(), 1'700'000'000);
  EXPECT_EQ(first.create_time().nanos(), 1000);
  now_ += 5'000'000;
  const v1::Model second = Create("resnet18_cifar", "another name");
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  EXPECT_NE(Create("resnet18_cifar_nostem").name(), first.name());
}

TEST_F(ServicesTest, GetGivesWhatCreateGave) {
  const v1::Model created = Create("resnet18_cifar", "mine");
  v1::GetModelRequest request;
  request.set_name(created.name());
  v1::Model got;
  ASSERT_TRUE(models_.GetModel(request, got).ok());
  EXPECT_EQ(got.SerializeAsString(), created.SerializeAsString());
  request.set_name("models/" + std::string(64, '0'));
  EXPECT_EQ(models_.GetModel(request, got).code(), absl::StatusCode::kNotFound);
}

TEST_F(ServicesTest, ValidateOnlyKeepsNothing) {
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(ReadModel("resnet18_cifar"));
  request.set_validate_only(true);
  v1::Model model;
  ASSERT_TRUE(models_.CreateModel(request, model).ok());
  EXPECT_EQ(model.totals().relu_elements(), 557056);
  v1::GetModelRequest get;
  get.set_name(model.name());
  EXPECT_EQ(models_.GetModel(get, model).code(), absl::StatusCode::kNotFound);
}

TEST_F(ServicesTest, WeightsAreNotKept) {
  // The sample models have no weights: give one a million of them.
  const std::string weights(4'000'000, 'w');
  const std::string heavy = WithInitializer(ReadModel("minionn_cifar"), weights);
  ASSERT_GT(heavy.size(), weights.size());
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(heavy);
  v1::Model model;
  const absl::Status status = models_.CreateModel(request, model);
  ASSERT_TRUE(status.ok()) << status;
  const auto record = store_.Get(model.name().substr(7));
  ASSERT_TRUE(record.ok());
  EXPECT_LT(record->source.size() + record->summary.size(), size_t{100'000});
  EXPECT_EQ(record->source.find("wwwwwwww"), std::string::npos);
}

// What is remembered of a question about totals never shows in its answer.
TEST_F(ServicesTest, TotalsAskedAgainAndAgainAreEqualToTheBit) {
  v1::ListProtocolsResponse protocols;
  ASSERT_TRUE(catalog_.ListProtocols({}, protocols).ok());
  for (const char* name : {"resnet18_cifar", "minionn_cifar"}) {
    const v1::Model model = Create(name);
    for (const v1::Protocol& protocol : protocols.protocols()) {
      for (const char* deployment : {"deployments/lan", "deployments/wan"}) {
        v1::EstimateRequest request = EstimateOf(model.name());
        request.mutable_protocol()->set_protocol(protocol.name());
        request.mutable_deployment()->set_name(deployment);
        v1::Estimate whole;
        if (!oracle_.Estimate(request, whole).ok()) continue;
        request.set_view(v1::ESTIMATE_VIEW_TOTALS);
        whole.clear_layers();
        for (int i = 0; i < 4; ++i) {
          v1::Estimate again;
          ASSERT_TRUE(oracle_.Estimate(request, again).ok());
          EXPECT_EQ(again.SerializeAsString(), whole.SerializeAsString())
              << protocol.name() << " " << deployment << " " << i;
        }
      }
    }
  }
}

TEST_F(ServicesTest, ARememberedQuestionAboutADeletedModelIsNotFound) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  request.set_view(v1::ESTIMATE_VIEW_TOTALS);
  v1::Estimate estimate;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(oracle_.Estimate(request, estimate).ok());
  v1::DeleteModelRequest remove;
  remove.set_name(model.name());
  ASSERT_TRUE(models_.DeleteModel(remove).ok());
  EXPECT_EQ(oracle_.Estimate(request, estimate).code(), absl::StatusCode::kNotFound);
}

TEST_F(ServicesTest, RegisteredAndInlineModelsGetEqualAnswers) {
  const v1::Model model = Create("resnet18_cifar");
  v1::EstimateRequest registered = EstimateOf(model.name());
  v1::EstimateRequest inline_onnx = registered;
  inline_onnx.mutable_graph()->set_onnx(ReadModel("resnet18_cifar"));
  v1::Estimate first;
  v1::Estimate second;
  v1::Estimate third;
  ASSERT_TRUE(oracle_.Estimate(registered, first).ok());
  ASSERT_TRUE(oracle_.Estimate(inline_onnx, second).ok());
  loader_.Forget(model.name().substr(7));  // made again from what the store keeps
  ASSERT_TRUE(oracle_.Estimate(registered, third).ok());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(first.SerializeAsString(), third.SerializeAsString());
  EXPECT_EQ(first.provenance().model(), model.name());
}

TEST_F(ServicesTest, PagesOfModelsCoverAllOnce) {
  std::set<std::string> expected;
  for (const char* file : {"resnet18_cifar", "resnet18_cifar_nostem", "minionn_cifar",
                           "resnet32_cifar", "vgg16_cifar"}) {
    expected.insert(Create(file, file).name());
  }
  ASSERT_EQ(expected.size(), 5u);
  std::set<std::string> listed;
  v1::ListModelsRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    v1::ListModelsResponse response;
    ASSERT_TRUE(models_.ListModels(request, response).ok());
    for (const v1::Model& model : response.models())
      EXPECT_TRUE(listed.insert(model.name()).second);
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, expected);
  EXPECT_EQ(pages, 3);
}

TEST_F(ServicesTest, ATokenOfAnotherFilterIsRefused) {
  Create("resnet18_cifar", "a");
  Create("minionn_cifar", "b");
  v1::ListModelsRequest request;
  request.set_page_size(1);
  v1::ListModelsResponse response;
  ASSERT_TRUE(models_.ListModels(request, response).ok());
  ASSERT_FALSE(response.next_page_token().empty());
  request.set_page_token(response.next_page_token());
  request.set_display_name("a");
  EXPECT_EQ(models_.ListModels(request, response).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ServicesTest, DeleteHonoursEtagAndAllowMissing) {
  const v1::Model model = Create("minionn_cifar");
  v1::DeleteModelRequest request;
  request.set_name(model.name());
  request.set_etag("0123");
  EXPECT_EQ(models_.DeleteModel(request).code(), absl::StatusCode::kAborted);
  request.set_etag(model.etag());
  EXPECT_TRUE(models_.DeleteModel(request).ok());
  request.clear_etag();
  EXPECT_EQ(models_.DeleteModel(request).code(), absl::StatusCode::kNotFound);
  request.set_allow_missing(true);
  EXPECT_TRUE(models_.DeleteModel(request).ok());
  v1::Estimate estimate;
  EXPECT_EQ(oracle_.Estimate(EstimateOf(model.name()), estimate).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ServicesTest, LayersAddUpToTheTotals) {
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

TEST_F(ServicesTest, RefusedModelsSayMODEL_REFUSED) {
  const auto onnx = [](std::string bytes) {
    v1::GraphSource source;
    source.set_onnx(std::move(bytes));
    return source;
  };
  v1::GraphSource shapes;
  shapes.mutable_layer_shapes();
  for (const v1::GraphSource& source :
       {onnx(""), onnx("not ONNX at all"), onnx(ReadModel("resnet18_cifar").substr(0, 4000)),
        onnx(ReadModel("resnet18_224_dyn")), shapes}) {
    v1::InspectRequest request;
    *request.mutable_graph() = source;
    v1::Inspection inspection;
    const absl::Status status = oracle_.Inspect(request, inspection);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(GetReason(status), "MODEL_REFUSED") << status;
  }
}

TEST_F(ServicesTest, DimensionsAreBoundAndEchoed) {
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(ReadModel("resnet18_224_dyn"));
  auto& dimensions = *request.mutable_graph()->mutable_dimensions();
  dimensions["N"] = 1;
  dimensions["W"] = 224;
  dimensions["H"] = 224;
  dimensions["unused"] = 7;
  v1::Model model;
  ASSERT_TRUE(models_.CreateModel(request, model).ok());
  EXPECT_EQ(model.totals().relu_elements(), 2308096);
  ASSERT_EQ(model.dimensions_size(), 4);
  EXPECT_EQ(model.dimensions(0).name(), "H");
  ASSERT_EQ(model.notes().warnings_size(), 1);
  EXPECT_THAT(model.notes().warnings(0), HasSubstr("unused"));
}

TEST_F(ServicesTest, ALayerThatAProtocolCannotHoldIsTheModelsMatter) {
  const v1::Model model = Create("resnet18_224");
  v1::PlanRequest request;
  request.mutable_graph()->set_model(model.name());
  request.mutable_protocol()->set_protocol("protocols/delphi");
  v1::ProtocolPlan plan;
  const absl::Status status = oracle_.Plan(request, plan);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(GetReason(status), "LAYER_NOT_PLANNED");
  EXPECT_FALSE(GetErrorSite(status).node.empty());
}

TEST_F(ServicesTest, EveryProtocolIsComparedAndThoseThatRefuseSayWhy) {
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

TEST_F(ServicesTest, RewritesShowWhatTheySaveAndThePlanIsTheLastOnes) {
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

TEST_F(ServicesTest, PlanNeedsNoData) {
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

TEST_F(ServicesTest, PlanAndEstimateAgreeOnTraffic) {
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

TEST_F(ServicesTest, WithoutTablesSecondsAreAbsentOrAnErrorWhereRequired) {
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

TEST_F(ServicesTest, ParametersAreCheckedByTheProtocol) {
  const v1::Model model = Create("minionn_cifar");
  v1::EstimateRequest request = EstimateOf(model.name());
  (*request.mutable_protocol()->mutable_parameters())["no_such_parameter"] = 1;
  v1::Estimate estimate;
  const absl::Status status = oracle_.Estimate(request, estimate);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no_such_parameter"));
}

TEST_F(ServicesTest, ModelsOfAnotherVersionAreRefusedWithAMend) {
  const v1::Model model = Create("minionn_cifar");
  ModelRecord record = *store_.Get(model.name().substr(7));
  // As if another version had read the same file in another way.
  const std::string other(64, 'e');
  record.id = other;
  ASSERT_TRUE(store_.InsertIfAbsent(record).ok());
  v1::Estimate estimate;
  const absl::Status status = oracle_.Estimate(EstimateOf("models/" + other), estimate);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_FALSE(GetErrorSite(status).mend.empty());
}

TEST_F(ServicesTest, CatalogueListsWhatRequestsMayName) {
  v1::ListProtocolsResponse protocols;
  ASSERT_TRUE(catalog_.ListProtocols({}, protocols).ok());
  v1::ListDeploymentsResponse deployments;
  ASSERT_TRUE(catalog_.ListDeployments({}, deployments).ok());
  const v1::Model model = Create("minionn_cifar");
  for (const v1::Protocol& protocol : protocols.protocols()) {
    EXPECT_FALSE(protocol.citation().empty()) << protocol.name();
    EXPECT_GT(protocol.primitives_size(), 0) << protocol.name();
    for (const v1::Deployment& deployment : deployments.deployments()) {
      v1::EstimateRequest request = EstimateOf(model.name());
      request.mutable_protocol()->set_protocol(protocol.name());
      request.mutable_deployment()->set_name(deployment.name());
      v1::Estimate estimate;
      const absl::Status status = oracle_.Estimate(request, estimate);
      EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kUnimplemented) << status;
    }
  }
  v1::ListTablesResponse tables;
  ASSERT_TRUE(catalog_.ListTables({}, tables).ok());
  EXPECT_GT(tables.tables_size(), 0);
  v1::ListOperatorsResponse operators;
  ASSERT_TRUE(catalog_.ListOperators({}, operators).ok());
  EXPECT_GT(operators.operators_size(), 50);
  v1::ListPrimitivesResponse primitives;
  ASSERT_TRUE(catalog_.ListPrimitives({}, primitives).ok());
  EXPECT_GT(primitives.primitives_size(), 5);
}

TEST_F(ServicesTest, ASmallCacheStillAnswers) {
  GraphLoader no_cache{&store_, graph::ImportLimits{}, /*cache_budget_bytes=*/0};
  OracleService oracle{&no_cache, &data_};
  const v1::Model model = Create("minionn_cifar");
  v1::Estimate cached;
  v1::Estimate uncached;
  ASSERT_TRUE(oracle_.Estimate(EstimateOf(model.name()), cached).ok());
  ASSERT_TRUE(oracle.Estimate(EstimateOf(model.name()), uncached).ok());
  EXPECT_EQ(cached.SerializeAsString(), uncached.SerializeAsString());
}

TEST_F(ServicesTest, ManyThreadsAskAndCreateAtOnce) {
  const v1::Model model = Create("resnet18_cifar");
  v1::Estimate expected;
  ASSERT_TRUE(oracle_.Estimate(EstimateOf(model.name()), expected).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 8; ++i) {
        v1::Estimate estimate;
        ASSERT_TRUE(oracle_.Estimate(EstimateOf(model.name()), estimate).ok());
        EXPECT_EQ(estimate.SerializeAsString(), expected.SerializeAsString());
        if (t == 0) loader_.Forget(model.name().substr(7));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
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

TEST_F(ServicesTest, EachPartyIsPricedByItsOwnTables) {
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

TEST_F(ServicesTest, AScaledTableTakesItsFactorItsErrorAndItsFlag) {
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
