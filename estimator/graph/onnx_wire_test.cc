#include "estimator/graph/onnx_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "estimator/graph/wire_reader.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

using testing::HasSubstr;

::onnx::ModelProto ModelWithWeights() {
  ::onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  auto& big = *model.mutable_graph()->add_initializer();
  big.set_name("big");
  big.set_data_type(::onnx::TensorProto::FLOAT);
  big.add_dims(100);
  big.add_dims(1000);
  big.set_raw_data(std::string(400'000, 'w'));
  auto& small = *model.mutable_graph()->add_initializer();
  small.set_name("small");
  small.set_data_type(::onnx::TensorProto::INT64);
  small.add_dims(2);
  small.add_int64_data(3);
  small.add_int64_data(-1);
  auto& external = *model.mutable_graph()->add_initializer();
  external.set_name("external");
  external.set_data_type(::onnx::TensorProto::FLOAT);
  external.add_dims(5);
  external.set_data_location(::onnx::TensorProto::EXTERNAL);
  auto& entry = *external.add_external_data();
  entry.set_key("location");
  entry.set_value("/etc/passwd");
  return model;
}

TEST(ScanModel, StepsOverPayloadsAndKeepsSmallValues) {
  const std::string bytes = ModelWithWeights().SerializeAsString();
  const auto scanned = ScanModel(bytes, {});
  ASSERT_TRUE(scanned.ok()) << scanned.status();
  EXPECT_LT(scanned->structure.size(), 200u);
  EXPECT_EQ(scanned->payload_bytes, 400'000);
  ::onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(scanned->structure));
  ASSERT_EQ(model.graph().initializer_size(), 3);
  EXPECT_EQ(model.graph().initializer(0).dims(1), 1000);
  EXPECT_TRUE(model.graph().initializer(0).raw_data().empty());
  EXPECT_EQ(model.graph().initializer(1).int64_data(1), -1);
  EXPECT_EQ(model.graph().initializer(2).external_data_size(), 0);
}

TEST(ScanModel, FindsDimensionsThatFollowThePayload) {
  // A tensor written with its raw data (field 9) before its dims (field 1).
  std::string tensor;
  AppendBytesField(9, std::string(1000, 'w'), tensor);
  AppendBytesField(1, std::string("\xfa\x01", 2), tensor);  // packed: 250
  std::string graph;
  AppendBytesField(5, tensor, graph);
  std::string bytes;
  AppendBytesField(7, graph, bytes);
  const auto scanned = ScanModel(bytes, {});
  ASSERT_TRUE(scanned.ok()) << scanned.status();
  EXPECT_EQ(scanned->payload_bytes, 1000);
}

TEST(ScanModel, SeesATensorThatClaimsToBeSmallButIsNot) {
  ::onnx::ModelProto model = ModelWithWeights();
  model.mutable_graph()->mutable_initializer(0)->clear_dims();  // a scalar of 400 KB
  const auto scanned = ScanModel(model.SerializeAsString(), {});
  ASSERT_TRUE(scanned.ok()) << scanned.status();
  EXPECT_LT(scanned->structure.size(), 200u);
}

TEST(ScanModel, RefusesNamesThatAreNotUtf8) {
  ::onnx::ModelProto model = ModelWithWeights();
  model.mutable_graph()->add_node()->set_name("\xff\xfe");
  const auto scanned = ScanModel(model.SerializeAsString(), {});
  EXPECT_THAT(std::string(scanned.status().message()), HasSubstr("UTF-8"));
}

TEST(StripModel, KeepsDocumentationAndIsIdempotent) {
  ::onnx::ModelProto model = ModelWithWeights();
  model.set_doc_string("how it was made");
  const auto stripped = StripModel(model.SerializeAsString(), {});
  ASSERT_TRUE(stripped.ok()) << stripped.status();
  EXPECT_EQ(*StripModel(*stripped, {}), *stripped);
  ::onnx::ModelProto read;
  ASSERT_TRUE(read.ParseFromString(*stripped));
  EXPECT_EQ(read.doc_string(), "how it was made");
  EXPECT_TRUE(read.graph().initializer(0).raw_data().empty());
}

TEST(WireReader, TellsTruncationFromNonsense) {
  const auto read = [](const std::string& bytes) {
    WireReader reader(bytes);
    while (reader.Next()) {
    }
    return reader.ok() ? "ok" : (reader.truncated() ? "truncated" : "nonsense");
  };
  EXPECT_STREQ(read(std::string("\x08\x01", 2)), "ok");
  EXPECT_STREQ(read(std::string("\x0a\x05"
                                "ab",
                                4)),
               "truncated");
  EXPECT_STREQ(read(std::string("\x08\x80", 2)), "truncated");
  EXPECT_STREQ(read(std::string("\x00\x01", 2)), "nonsense") << "field number 0";
  EXPECT_STREQ(read(std::string("\x0b", 1)), "nonsense") << "a group";
  EXPECT_STREQ(read(std::string("\x08") + std::string(11, '\xff')), "nonsense") << "long varint";
}

}  // namespace
}  // namespace picost::graph
