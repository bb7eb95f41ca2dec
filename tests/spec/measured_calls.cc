#include "tests/spec/measured_calls.h"

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace picost::spec {
namespace {

using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;
using primitives::PrimitiveCall;

PrimitiveCall Call(const char* id, const Parameters& parameters, int64_t count) {
  auto call = primitives::MakeCall(id, parameters, count, Phase::kOnline, Executor::kJoint);
  EXPECT_TRUE(call.ok()) << call.status();
  return *std::move(call);
}

PrimitiveCall CheetahCall(const MeasuredRow& row) {
  const int64_t ell = row.Int("ell");
  if (row.op == "relu") {
    return Call("cheetah.relu", {{"ring_bits", ell}, {"ignored_bits", 12}}, row.Int("n"));
  }
  if (row.op == "relu_trunc") {
    return Call("cheetah.relu_trunc",
                {{"ring_bits", ell}, {"ignored_bits", 18}, {"truncated_bits", row.Int("sf")}},
                row.Int("n"));
  }
  if (row.op == "trunc") {
    return Call("cheetah.trunc", {{"ring_bits", ell}, {"truncated_bits", row.Int("sf")}},
                row.Int("n"));
  }
  if (row.op == "maxpool") {
    return Call("cheetah.maxpool", {{"ring_bits", ell}, {"window", row.Int("k") * row.Int("k")}},
                row.Int("outs"));
  }
  if (row.op == "avgpool") {
    return Call("cheetah.avgpool", {{"ring_bits", ell}, {"divisor", row.Int("k") * row.Int("k")}},
                row.Int("outs"));
  }
  if (row.op == "argmax") {
    return Call("cheetah.argmax", {{"ring_bits", ell}, {"width", row.Int("n")}}, 1);
  }
  if (row.op == "ewmul_he") return Call("cheetah.ewmul_he", {{"ring_bits", ell}}, row.Int("n"));
  if (row.op == "bn") {
    return Call("cheetah.bn", {{"ring_bits", ell}, {"pixels", row.Int("H") * row.Int("H")}},
                row.Int("C"));
  }
  if (row.op == "fc") {
    return Call(
        "cheetah.fc",
        {{"ring_bits", ell}, {"in_features", row.Int("in")}, {"out_features", row.Int("out")}}, 1);
  }
  if (row.op == "setup") return Call("cheetah.setup", {}, 1);
  EXPECT_EQ(row.op, "conv");
  return Call("cheetah.conv",
              {{"ring_bits", ell},
               {"in_channels", row.Int("CI")},
               {"out_channels", row.Int("CO")},
               {"height", row.Int("H")},
               {"width", row.Int("H")},
               {"kernel_height", row.Int("F")},
               {"kernel_width", row.Int("F")},
               {"stride_height", row.Int("S")},
               {"stride_width", row.Int("S")},
               {"pad_top", row.Int("P")},
               {"pad_bottom", row.IntOr("PR", row.Int("P"))},
               {"pad_left", row.Int("P")},
               {"pad_right", row.IntOr("PR", row.Int("P"))},
               {"client_plaintext_input", 1 - row.IntOr("shared", 1)}},
              1);
}

PrimitiveCall SciFieldCall(const MeasuredRow& row) {
  const int64_t ell = row.Int("ell");
  if (row.op == "relu") return Call("sci_field.relu", {{"field_bits", ell}}, row.Int("n"));
  if (row.op == "relu_trunc" || row.op == "trunc") {
    return Call(row.op == "trunc" ? "sci_field.trunc" : "sci_field.relu_trunc",
                {{"field_bits", ell}, {"truncated_bits", row.Int("sf")}}, row.Int("n"));
  }
  if (row.op == "maxpool") {
    return Call("sci_field.maxpool", {{"field_bits", ell}, {"window", row.Int("k") * row.Int("k")}},
                row.Int("outs"));
  }
  if (row.op == "avgpool") {
    return Call("sci_field.avgpool",
                {{"field_bits", ell}, {"divisor", row.Int("k") * row.Int("k")}}, row.Int("outs"));
  }
  if (row.op == "argmax") {
    return Call("sci_field.argmax", {{"field_bits", ell}, {"width", row.Int("n")}}, 1);
  }
  if (row.op == "ewmul_he") return Call("sci_field.ewmul_he", {}, row.Int("n"));
  if (row.op == "bn") {
    return Call("sci_field.ewmul_he", {}, row.Int("H") * row.Int("H") * row.Int("C"));
  }
  if (row.op == "fc") {
    return Call("sci_field.fc", {{"in_features", row.Int("in")}, {"out_features", row.Int("out")}},
                1);
  }
  EXPECT_EQ(row.op, "conv");
  const int64_t pad = row.Int("P");
  return Call("sci_field.conv",
              {{"in_channels", row.Int("CI")},
               {"out_channels", row.Int("CO")},
               {"height", row.Int("H")},
               {"width", row.Int("H")},
               {"kernel_height", row.Int("F")},
               {"kernel_width", row.Int("F")},
               {"stride_height", row.Int("S")},
               {"stride_width", row.Int("S")},
               {"pad_top", pad},
               {"pad_bottom", row.IntOr("PR", pad)},
               {"pad_left", pad},
               {"pad_right", row.IntOr("PR", pad)}},
              1);
}

}  // namespace

PrimitiveCall CallOfRow(const MeasuredRow& row) {
  return row.backend == "cheetah" ? CheetahCall(row) : SciFieldCall(row);
}

}  // namespace picost::spec
