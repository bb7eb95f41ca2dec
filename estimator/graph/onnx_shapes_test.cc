// Our shapes against libonnx's: wherever its shape inference resolves a tensor
// of a sample model, ours is equal. And laws of canonical graphs on real models.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "estimator/graph/draft.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/onnx_translate.h"
#include "estimator/graph/onnx_wire.h"
#include "estimator/graph/passes/canonicalize.h"
#include "onnx/onnx_pb.h"
#include "onnx/shape_inference/implementation.h"

namespace picost::graph {
namespace {

std::vector<std::string> ModelFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("data/models")) {
    if (entry.path().extension() == ".onnx") files.push_back(entry.path().stem());
  }
  std::sort(files.begin(), files.end());
  return files;
}

::onnx::ModelProto Read(const std::string& name) {
  std::ifstream in("data/models/" + name + ".onnx", std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto scanned = ScanModel(bytes.str(), {});
  ::onnx::ModelProto model;
  if (!scanned.ok() || !model.ParseFromString(scanned->structure)) ADD_FAILURE() << name;
  return model;
}

ImportOptions Options(const std::string& name) {
  if (name != "resnet18_224_dyn") return {};
  return {.dimensions = {{"N", 1}, {"H", 224}, {"W", 224}}};
}

class SampleModelTest : public testing::TestWithParam<std::string> {};

TEST_P(SampleModelTest, HasTheShapesThatLibonnxInfers) {
  ::onnx::ModelProto model = Read(GetParam());
  const auto draft = TranslateModel(model, Options(GetParam()));
  ASSERT_TRUE(draft.ok()) << draft.status();
  std::map<std::string, const Value*> ours;
  for (const Value& value : draft->parts.values) ours[value.name] = &value;

  const ::onnx::ShapeInferenceOptions options(/*check_type_val=*/false, /*strict_mode_val=*/0,
                                              /*data_prop_val=*/true);
  ::onnx::shape_inference::InferShapes(model, ::onnx::OpSchemaRegistry::Instance(), options);
  int compared = 0;
  for (const auto& info : model.graph().value_info()) {
    const auto found = ours.find(info.name());
    if (found == ours.end() || !info.type().tensor_type().has_shape()) continue;
    std::vector<int64_t> dims;
    bool resolved = true;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
      resolved = resolved && dim.has_dim_value();
      dims.push_back(dim.dim_value());
    }
    if (!resolved) continue;
    ++compared;
    EXPECT_EQ(absl::StrJoin(found->second->type.dims, ","), absl::StrJoin(dims, ","))
        << info.name();
  }
  if (GetParam() != "resnet18_224_dyn") EXPECT_GT(compared, 10);
}

TEST_P(SampleModelTest, IsCanonicalAfterOneRunOfThePasses) {
  auto draft = TranslateModel(Read(GetParam()), Options(GetParam()));
  ASSERT_TRUE(draft.ok()) << draft.status();
  Canonicalize(*draft);
  const auto once = Graph::Create(draft->parts);
  ASSERT_TRUE(once.ok()) << once.status();
  Canonicalize(*draft);
  const auto twice = Graph::Create(draft->parts);
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(once->fingerprint(), twice->fingerprint());
}

// A graph has no data: the passes find nothing more in it.
TEST_P(SampleModelTest, StaysCanonicalWithoutItsConstants) {
  auto draft = TranslateModel(Read(GetParam()), Options(GetParam()));
  ASSERT_TRUE(draft.ok()) << draft.status();
  Canonicalize(*draft);
  const auto once = Graph::Create(draft->parts);
  ASSERT_TRUE(once.ok()) << once.status();
  Draft bare{.parts = once->parts()};
  bare.data.resize(bare.parts.values.size());
  Canonicalize(bare);
  EXPECT_EQ(once->fingerprint(), Graph::Create(bare.parts)->fingerprint());
}

INSTANTIATE_TEST_SUITE_P(All, SampleModelTest, testing::ValuesIn(ModelFiles()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace picost::graph
