#include "estimator/graph/onnx_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "estimator/graph/onnx_wire.h"
#include "estimator/graph/wire_reader.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

using testing::HasSubstr;

absl::StatusOr<std::string> Stream(std::string_view bytes, size_t piece,
                                   const WireLimits& limits = {}) {
  ModelStream stream(limits);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const absl::Status status = stream.Add(bytes.substr(at, piece));
    if (!status.ok()) return status;
  }
  return stream.Finish();
}

// A graph with one weight of so many bytes, its name behind the data, and a
// subgraph with another one.
std::string ModelWithWeights(size_t bytes) {
  ::onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  for (::onnx::GraphProto* graph :
       {model.mutable_graph(), model.mutable_graph()->add_node()->add_attribute()->mutable_g()}) {
    auto& weight = *graph->add_initializer();
    weight.set_name("w");
    weight.set_data_type(::onnx::TensorProto::FLOAT);
    weight.add_dims(static_cast<int64_t>(bytes / 4));
    weight.set_raw_data(std::string(bytes, 'w'));
    auto& small = *graph->add_initializer();
    small.set_name("s");
    small.add_dims(2);
    small.set_data_type(::onnx::TensorProto::INT64);
    small.add_int64_data(7);
    small.add_int64_data(-1);
  }
  return model.SerializeAsString();
}

TEST(ModelStream, MakesOfPiecesOfAnySizeWhatIsMadeOfTheWholeFile) {
  std::vector<std::string> files = {ModelWithWeights(40), ModelWithWeights(100'000)};
  for (const auto& entry : std::filesystem::directory_iterator("data/models")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (entry.path().extension() == ".onnx") files.push_back(bytes.str());
  }
  ASSERT_GT(files.size(), 10u);
  for (const std::string& file : files) {
    for (const size_t piece : {size_t{1}, size_t{7}, size_t{4096}, file.size()}) {
      const auto kept = Stream(file, piece);
      ASSERT_TRUE(kept.ok()) << kept.status();
      EXPECT_EQ(StripModel(*kept, {}).value(), StripModel(file, {}).value()) << piece;
      EXPECT_EQ(ScanModel(*kept, {})->structure, ScanModel(file, {})->structure) << piece;
    }
  }
}

TEST(ModelStream, KeepsNothingOfWeights) {
  const auto kept = Stream(ModelWithWeights(4'000'000), 65536, {.max_structure_bytes = 10'000});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_LT(kept->size(), 300u);
  // Elements written one by one, as protobuf's first version did.
  ::onnx::ModelProto model;
  model.mutable_graph()->add_initializer()->add_dims(100'000);
  std::string tensor = model.graph().initializer(0).SerializeAsString();
  for (int i = 0; i < 100'000; ++i) {
    AppendVarint(4 << 3 | 5, tensor);
    tensor.append("\0\0\0\0", 4);
  }
  std::string graph;
  AppendBytesField(5, tensor, graph);
  std::string file;
  AppendBytesField(7, graph, file);
  const auto thin = Stream(file, 1000, {.max_structure_bytes = 10'000});
  ASSERT_TRUE(thin.ok()) << thin.status();
  EXPECT_LT(thin->size(), 50u);
}

TEST(ModelStream, RefusesWhatIsCutNamingTheByte) {
  const std::string file = ModelWithWeights(5000);
  for (size_t size : {size_t{1}, size_t{9}, size_t{2000}, file.size() - 1}) {
    const auto kept = Stream(file.substr(0, size), 100);
    // A cut between two fields of the model is no protobuf matter.
    if (kept.ok()) continue;
    EXPECT_EQ(kept.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(kept.status().message()),
                HasSubstr("ends at byte " + std::to_string(size)));
  }
  EXPECT_FALSE(Stream(file.substr(0, file.size() - 1), 100).ok());
}

TEST(ModelStream, RefusesOtherFilesAtTheirFirstBytes) {
  const auto zip = Stream(std::string("PK\x03\x04") + std::string(100, '\0'), 1);
  EXPECT_EQ(zip.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(zip.status().message()), HasSubstr("zip archive"));
  EXPECT_EQ(Stream("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

struct Limit {
  const char* name;
  WireLimits limits;
};

class StreamLimitTest : public testing::TestWithParam<Limit> {};

TEST_P(StreamLimitTest, IsNamed) {
  ::onnx::ModelProto model;
  model.mutable_graph()->set_name(std::string(200, 'n'));
  auto* graph = model.mutable_graph();
  for (int i = 0; i < 5; ++i) graph = graph->add_node()->add_attribute()->mutable_g();
  graph->add_node()->set_op_type("Relu");
  const auto kept = Stream(model.SerializeAsString(), 3, GetParam().limits);
  EXPECT_EQ(kept.status().code(), absl::StatusCode::kResourceExhausted) << kept.status();
  EXPECT_THAT(std::string(kept.status().message()), HasSubstr(GetParam().name));
}

INSTANTIATE_TEST_SUITE_P(
    All, StreamLimitTest,
    testing::Values(Limit{"max_bytes = 100", {.max_bytes = 100}},
                    Limit{"max_structure_bytes = 100", {.max_structure_bytes = 100}},
                    Limit{"max_name_bytes = 100", {.max_name_bytes = 100}},
                    Limit{"max_subgraph_depth = 3", {.max_subgraph_depth = 3}}));

}  // namespace
}  // namespace picost::graph
