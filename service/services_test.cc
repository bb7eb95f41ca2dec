// The three services over both kinds of store, without transport.

#include <set>
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
#include "service/services_fixture.h"
#include "service/store/memory_model_store.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace picost::service
