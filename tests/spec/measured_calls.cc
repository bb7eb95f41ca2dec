#include "tests/spec/measured_calls.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/spec/plans.h"

namespace picost::spec {
namespace {

using primitives::Parameters;
using primitives::PrimitiveCall;

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
  if (row.op == "setup") {  // 14 rounds: with silent OT of an earlier run from a file
    return Call(row.rounds == 14 ? "cheetah.resumed_setup" : "cheetah.setup", {}, 1);
  }
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
  if (row.op == "setup") return Call("sci_field.setup", {}, 1);
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

// 41 where the circuit works modulo DELPHI's prime, else the ring's width.
int64_t ElementBits(const MeasuredRow& row) {
  const auto found = row.shape.find("mod");
  const std::string mod = found != row.shape.end() ? found->second : "ring32";
  return mod[0] == 'p' ? std::stoll(mod.substr(1)) : std::stoll(mod.substr(4));
}

PrimitiveCall Garbling(int64_t gates, int64_t decoding_bits, int64_t message_bytes, int64_t n) {
  return Call("gc.garble",
              {{"and_gates", gates},
               {"extra_blocks", 0},
               {"sent_labels", 0},
               {"decoding_bits", decoding_bits},
               {"block_bytes", 16},
               {"label_bytes", 16},
               {"circuit_bytes", 0},
               {"chunk_circuits", int64_t{1} << 40},
               {"chunk_bytes", message_bytes},
               {"garbler_is_client", 0}},
              n);
}
PrimitiveCall Evaluation(int64_t gates, int64_t returned_bits, int64_t n) {
  return Call("gc.evaluate",
              {{"and_gates", gates}, {"returned_bits", returned_bits}, {"garbler_is_client", 0}},
              n);
}
PrimitiveCall BaseOts() {
  return Call(
      "ot.setup",
      {{"sender_bytes", 8'832}, {"receiver_bytes", 4'165}, {"flights", 3}, {"sender_is_client", 0}},
      1);
}
PrimitiveCall Extension(int64_t message_bytes, int64_t quantum, int64_t ots) {
  return Call("ot.extension",
              {{"message_bytes", message_bytes},
               {"answer_bytes", 16},
               {"quantum", quantum},
               {"sender_is_client", 0}},
              ots);
}

std::vector<PrimitiveCall> EmpCalls(const MeasuredRow& row) {
  const Parameters server = {{"sender_is_client", 0}};
  const auto ends = [&row](std::string_view part) { return row.op.ends_with(part); };
  if (row.op == "iknp_setup") return {BaseOts()};
  if (row.op == "iknp_cot") return {Extension(0, 128, row.Int("n"))};
  if (row.op == "iknp_ot_chosen") return {Extension(16, 128, row.Int("n"))};
  if (ends("ferret_setup")) return {Call("ot.ferret_setup", server, 1)};
  // Extensions, if any, are told by the bytes: a part of them may have been left.
  if (row.op == "ferret_rcot") return {Call("ot.ferret_extension", server, 0)};
  if (row.op == "ferret_cot") return {Call("ot.ferret_correlated", server, row.Int("n"))};
  if (ends("ot_ferret")) {
    return {Call("ot.ferret_correlated", server, row.Int("ots")),
            Call("ot.ferret_extension", server, 1)};
  }
  if (ends("ot_iknp")) return {BaseOts(), Extension(0, 128, row.Int("ots"))};
  const int64_t n = row.Int("n");
  if (ends("garble_send")) return {Garbling(row.Int("ands"), ElementBits(row), 80, n)};
  if (ends("online")) {
    const int64_t operands = row.op.find("maxpool") != std::string::npos ? 4 : 1;
    return {Call("gc.send_labels",
                 {{"labels", operands * ElementBits(row)},
                  {"label_bytes", 16},
                  {"circuit_bytes", 0},
                  {"message_bytes", 0},
                  {"garbler_is_client", 0}},
                 n),
            Evaluation(row.Int("ands"), ElementBits(row), n)};
  }
  if (ends("sh2pc_stream")) {
    // Stock emp-sh2pc, all in one stream: the garbler's own labels come from a shared
    // seed; the evaluator takes those of x and of the mask by correlated OT in blocks of
    // 16,384; each party sends 64 bytes of single bits for a ReLU (corrections of the
    // evaluator's choices, results). 93 AND gates as in the split runs.
    return {BaseOts(), Extension(0, 16'384, 64 * n), Garbling(93, 512, 64, n),
            Evaluation(93, 512, n)};
  }
  return {};
}

}  // namespace

std::vector<PrimitiveCall> CallsOfRow(const MeasuredRow& row) {
  if (row.backend == "emp") return EmpCalls(row);
  return {CallOfRow(row)};
}

PrimitiveCall CallOfRow(const MeasuredRow& row) {
  return row.backend == "cheetah" ? CheetahCall(row) : SciFieldCall(row);
}

}  // namespace picost::spec
