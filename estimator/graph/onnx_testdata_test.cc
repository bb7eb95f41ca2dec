// Every operator test of Debian's libonnx-testdata: imported with the types and
// shapes that its expected outputs have, or refused by name; never a crash.
//
// The tests feed parameters (shapes, axes, weights) as inputs. Where a test has
// data for its inputs, the importer gets all but the first as initializers, which
// is how exporters write them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/onnx_import.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

namespace fs = std::filesystem;

constexpr char kData[] = "/usr/share/libonnx-testdata/data";

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::optional<::onnx::TensorProto> ReadTensor(const fs::path& path) {
  ::onnx::TensorProto tensor;
  if (!fs::exists(path) || !tensor.ParseFromString(ReadFile(path))) return std::nullopt;
  return tensor;
}

std::vector<fs::path> Models() {
  std::vector<fs::path> models;
  if (!fs::exists(kData)) return models;
  for (const auto& entry : fs::recursive_directory_iterator(kData)) {
    if (entry.path().extension() == ".onnx") models.push_back(entry.path());
  }
  std::sort(models.begin(), models.end());
  return models;
}

// The model with the data of its inputs `from` and later as initializers.
std::string WithData(const fs::path& path, int from) {
  ::onnx::ModelProto model;
  if (!model.ParseFromString(ReadFile(path))) return "";
  auto& graph = *model.mutable_graph();
  for (int i = from; i < graph.input_size(); ++i) {
    auto tensor =
        ReadTensor(path.parent_path() / "test_data_set_0" / absl::StrCat("input_", i, ".pb"));
    if (!tensor) continue;
    tensor->set_name(graph.input(i).name());
    *graph.add_initializer() = *tensor;
  }
  return model.SerializeAsString();
}

void CheckRefusal(const absl::Status& status, const std::string& name) {
  EXPECT_FALSE(status.message().empty()) << name;
  const ErrorSite site = GetErrorSite(status);
  // Named: the operator, or the input that is no tensor, or the dimension.
  EXPECT_TRUE(!site.op.empty() || !site.field.empty()) << name << ": " << status;
  EXPECT_NE(status.code(), absl::StatusCode::kInternal) << name << ": " << status;
}

TEST(OperatorTests, AreImportedOrRefusedByName) {
  const std::vector<fs::path> models = Models();
  if (models.empty()) GTEST_SKIP() << "the package libonnx-testdata is not installed";
  int imported = 0;
  for (const fs::path& path : models) {
    const std::string name = path.parent_path().filename();
    const auto as_it_is = ImportOnnx(ReadFile(path), {});
    if (!as_it_is.ok()) CheckRefusal(as_it_is.status(), name);

    const auto graph = ImportOnnx(WithData(path, 1), {});
    if (!graph.ok()) {
      CheckRefusal(graph.status(), name);
      continue;
    }
    ++imported;
    for (size_t i = 0; i < graph->outputs().size(); ++i) {
      const auto expected =
          ReadTensor(path.parent_path() / "test_data_set_0" / absl::StrCat("output_", i, ".pb"));
      if (!expected || name.find("sequence") != std::string::npos) continue;
      const auto& dims = graph->value(graph->outputs()[i]).type.dims;
      EXPECT_EQ(absl::StrJoin(dims, ","), absl::StrJoin(expected->dims(), ","))
          << name << ", output " << i;
    }
  }
  RecordProperty("imported", imported);
  // What is refused are random numbers, training, sequences and data-dependent
  // shapes. A fall below this means that operators got lost.
  EXPECT_GE(imported, 640) << "of " << models.size();
}

// The types whose operators the table promises in docs/counting.md.
TEST(OperatorTests, OfTheFirstTierAreNotRefused) {
  if (Models().empty()) GTEST_SKIP() << "the package libonnx-testdata is not installed";
  // Refused for their data: private operands or shapes that no exporter writes.
  const std::set<std::string> refused_codes = {"private indices", "depends on the data",
                                               "private exponent", "more than two operands"};
  const std::set<std::string> first_tier = {"Conv",
                                            "ConvTranspose",
                                            "Gemm",
                                            "MatMul",
                                            "Relu",
                                            "Clip",
                                            "LeakyRelu",
                                            "PRelu",
                                            "Elu",
                                            "Celu",
                                            "Selu",
                                            "Sigmoid",
                                            "HardSigmoid",
                                            "HardSwish",
                                            "Tanh",
                                            "Erf",
                                            "Softplus",
                                            "Softmax",
                                            "LogSoftmax",
                                            "MaxPool",
                                            "AveragePool",
                                            "GlobalAveragePool",
                                            "GlobalMaxPool",
                                            "LpPool",
                                            "BatchNormalization",
                                            "InstanceNormalization",
                                            "LayerNormalization",
                                            "ReduceMean",
                                            "ReduceSum",
                                            "ArgMax",
                                            "TopK",
                                            "Add",
                                            "Sub",
                                            "Mul",
                                            "Div",
                                            "Where",
                                            "ScatterND",
                                            "Reshape",
                                            "Transpose",
                                            "Concat",
                                            "Split",
                                            "Slice",
                                            "Gather",
                                            "Resize",
                                            "Pad",
                                            "Expand",
                                            "Tile",
                                            "Flatten",
                                            "Squeeze",
                                            "Unsqueeze",
                                            "DepthToSpace",
                                            "Cast",
                                            "CumSum",
                                            "Einsum"};
  for (const fs::path& path : Models()) {
    const auto graph = ImportOnnx(WithData(path, 1), {});
    if (graph.ok()) continue;
    const std::string op = GetErrorSite(graph.status()).op;
    if (first_tier.count(op) == 0) continue;
    const std::string message(graph.status().message());
    const bool excused = std::any_of(
        refused_codes.begin(), refused_codes.end(),
        [&](const std::string& words) { return message.find(words) != std::string::npos; });
    EXPECT_TRUE(excused) << path.parent_path().filename() << ": " << message;
  }
}

}  // namespace
}  // namespace picost::graph
