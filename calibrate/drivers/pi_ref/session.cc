#include "calibrate/drivers/pi_ref/session.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "calibrate/drivers/pi_ref/garbling.h"
#include "calibrate/drivers/pi_ref/packed_bits.h"
#include "calibrate/drivers/pi_ref/randomness.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

// Tables and labels are sent while they are in the cache, whatever the size of the circuit.
// Four segments of Linux's loopback (65,483 bytes each): the bytes of a message that are
// above them travel alone, at a quarter more for the whole.
constexpr int64_t kMessageBytes = int64_t{240} << 10;

struct TableHeader {
  Block start;
  int64_t instances = 0;
  int64_t and_gates = 0;
  int64_t inputs = 0;
  int64_t outputs = 0;
  std::array<uint8_t, 32> digest{};
};
static_assert(sizeof(TableHeader) == kTableHeaderBytes);

TableHeader MakeHeader(Block start, int64_t instances, const Circuit& circuit) {
  return {start,
          instances,
          circuit.and_gates,
          circuit.inputs(),
          static_cast<int64_t>(circuit.outputs.size()),
          CircuitDigest(circuit)};
}

absl::Status Mismatch() {
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      "the other party garbled another circuit or another number of instances",
      {.mend = "Run the same version of pi-ref with the same parameters on both sides."});
}

// Labels of up to kLanes instances from instance-major rows into [wire][lane]. Row by row:
// of a large batch they come from memory, in the order in which they lie there.
void GatherLanes(const Circuit& circuit, int64_t first, int lanes, const Block* garbler,
                 const Block* evaluator, Block* out) {
  const int g = circuit.garbler_inputs;
  const int e = circuit.evaluator_inputs;
  for (int lane = 0; lane < lanes; ++lane) {
    const Block* row = garbler + (first + lane) * g;
    for (int wire = 0; wire < g; ++wire) out[wire * kLanes + lane] = row[wire];
    row = evaluator + (first + lane) * e;
    for (int wire = 0; wire < e; ++wire) out[(g + wire) * kLanes + lane] = row[wire];
  }
}

// Bits of a batch, [output][kLanes], into those of all instances, [instance][output],
// by exclusive or.
void XorLaneBits(const uint8_t* lane_bits, int64_t first, int lanes, int64_t outputs,
                 uint8_t* packed) {
  constexpr int64_t kWord = 64;
  for (int64_t from = 0; from < outputs; from += kWord) {
    const int count = static_cast<int>(std::min(kWord, outputs - from));
    uint64_t words[kLanes] = {};
    for (int i = 0; i < count; ++i) {
      for (int lane = 0; lane < kLanes; ++lane) {
        words[lane] |= uint64_t{lane_bits[(from + i) * kLanes + lane]} << i;
      }
    }
    for (int lane = 0; lane < lanes; ++lane) {
      XorBits(packed, (first + lane) * outputs + from, words[lane], count);
    }
  }
}

}  // namespace

GarblerSession::GarblerSession(calibrate::Channel& channel, const SharedCircuit& circuit)
    : channel_(channel), shared_(circuit), delta_(RandomBlock()) {
  // Colour bit 1: the two labels of a wire have different colours.
  delta_ = {_mm_or_si128(delta_.bits, _mm_set_epi64x(0, 1))};
}

absl::StatusOr<std::unique_ptr<GarblerSession>> GarblerSession::Setup(
    calibrate::Channel& channel, const SharedCircuit& circuit) {
  auto session = std::unique_ptr<GarblerSession>(new GarblerSession(channel, circuit));
  PICOST_ASSIGN_OR_RETURN(session->ot_, OtExtensionSender::Create(channel, session->delta_));
  return session;
}

absl::Status GarblerSession::OfflineOt(int64_t instances) {
  instances_ = instances;
  return ot_->Correlated(channel_, instances * shared_.circuit.evaluator_inputs, evaluator_labels_);
}

absl::Status GarblerSession::OfflineTables() {
  const Circuit& circuit = shared_.circuit;
  garbler_labels_.resize(static_cast<size_t>(instances_ * circuit.garbler_inputs));
  Prg(RandomBlock()).Fill(garbler_labels_.data(), garbler_labels_.size());

  const Block start = RandomBlock();
  const TableHeader header = MakeHeader(start, instances_, circuit);
  PICOST_RETURN_IF_ERROR(channel_.Send(&header, sizeof(header)));

  Garbler garbler(circuit, delta_, start);
  SecretBlocks inputs(static_cast<size_t>(circuit.inputs()) * kLanes);
  const int64_t batch_blocks = int64_t{2} * circuit.and_gates * kLanes;
  const int64_t batches =
      std::max<int64_t>(1, kMessageBytes / (batch_blocks * int64_t{sizeof(Block)} + 1));
  std::vector<Block> tables(static_cast<size_t>(batch_blocks * batches));
  const int64_t outputs = static_cast<int64_t>(circuit.outputs.size());
  std::vector<uint8_t> lane_bits(static_cast<size_t>(outputs * kLanes));
  std::vector<uint8_t> decoding(static_cast<size_t>(PackedSize(instances_ * outputs)));
  int64_t filled = 0;
  for (int64_t first = 0; first < instances_; first += kLanes) {
    const int lanes = static_cast<int>(std::min<int64_t>(kLanes, instances_ - first));
    GatherLanes(circuit, first, lanes, garbler_labels_.data(), evaluator_labels_.data(),
                inputs.data());
    garbler.Garble(lanes, inputs.data(), &tables[static_cast<size_t>(filled)], lane_bits.data());
    filled += int64_t{2} * circuit.and_gates * lanes;
    XorLaneBits(lane_bits.data(), first, lanes, outputs, decoding.data());
    if (filled + batch_blocks > static_cast<int64_t>(tables.size()) ||
        first + kLanes >= instances_) {
      PICOST_RETURN_IF_ERROR(channel_.Send(tables.data(), filled * int64_t{sizeof(Block)}));
      filled = 0;
    }
  }
  return channel_.Send(decoding.data(), static_cast<int64_t>(decoding.size()));
}

absl::Status GarblerSession::SendLabels(const SecretVector<uint64_t>& shares) {
  const int l = shared_.modulus.bits();
  const int k = shared_.values;
  const int64_t values = instances_ * k;
  const int64_t together = std::min(values, kMessageBytes / (l * int64_t{sizeof(Block)}));
  // Chosen in a buffer of its own: the zero labels stay secret.
  SecretBlocks chosen(static_cast<size_t>(together * l));
  const Block* zero = garbler_labels_.data();
  for (int64_t first = 0; first < values; first += together) {
    Block* out = chosen.data();
    const int64_t end = std::min(values, first + together);
    for (int64_t i = first; i < end; ++i) {
      const uint64_t bits = shared_.EncodeGarblerShare(shares[static_cast<size_t>(i)]);
      for (int j = 0; j < l; ++j) *out++ = *zero++ ^ (MaskOf(bits >> j) & delta_);
    }
    PICOST_RETURN_IF_ERROR(
        channel_.Send(chosen.data(), (end - first) * l * int64_t{sizeof(Block)}));
  }
  return absl::OkStatus();
}

absl::Status GarblerSession::ReceiveOutputs(SecretVector<uint64_t>& outputs) {
  const int l = shared_.modulus.bits();
  SecretVector<uint8_t> packed(static_cast<size_t>(PackedSize(instances_ * l)));
  PICOST_RETURN_IF_ERROR(channel_.Receive(packed.data(), static_cast<int64_t>(packed.size())));
  outputs.assign(static_cast<size_t>(instances_), 0);
  for (int64_t i = 0; i < instances_; ++i) {
    for (int j = 0; j < l; ++j) {
      outputs[static_cast<size_t>(i)] |= uint64_t{GetBit(packed.data(), i * l + j)} << j;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<EvaluatorSession>> EvaluatorSession::Setup(
    calibrate::Channel& channel, const SharedCircuit& circuit) {
  auto session = std::unique_ptr<EvaluatorSession>(new EvaluatorSession(channel, circuit));
  PICOST_ASSIGN_OR_RETURN(session->ot_, OtExtensionReceiver::Create(channel));
  return session;
}

absl::Status EvaluatorSession::OfflineOt(const SecretVector<uint64_t>& shares,
                                         const SecretVector<uint64_t>& masks) {
  instances_ = static_cast<int64_t>(masks.size());
  const int l = shared_.modulus.bits();
  const int k = shared_.values;
  const int64_t count = instances_ * shared_.circuit.evaluator_inputs;
  SecretBlocks choices(static_cast<size_t>((count + 127) / 128));
  uint8_t* bits = reinterpret_cast<uint8_t*>(choices.data());
  int64_t at = 0;
  for (int64_t i = 0; i < instances_; ++i) {
    for (int v = 0; v <= k; ++v) {
      const uint64_t value =
          v < k ? shared_.EncodeEvaluatorShare(shares[static_cast<size_t>(i * k + v)])
                : shared_.EncodeMask(masks[static_cast<size_t>(i)]);
      XorBits(bits, at, value, l);
      at += l;
    }
  }
  return ot_->Correlated(channel_, choices, count, evaluator_labels_);
}

absl::Status EvaluatorSession::OfflineTables() {
  const Circuit& circuit = shared_.circuit;
  TableHeader header;
  PICOST_RETURN_IF_ERROR(channel_.Receive(&header, sizeof(header)));
  const TableHeader expected = MakeHeader(header.start, instances_, circuit);
  if (std::memcmp(&header, &expected, sizeof(header)) != 0) return Mismatch();
  start_ = header.start;
  tables_.resize(static_cast<size_t>(2 * instances_ * circuit.and_gates));
  PICOST_RETURN_IF_ERROR(
      channel_.Receive(tables_.data(), static_cast<int64_t>(tables_.size() * sizeof(Block))));
  decoding_.resize(
      static_cast<size_t>(PackedSize(instances_ * static_cast<int64_t>(circuit.outputs.size()))));
  return channel_.Receive(decoding_.data(), static_cast<int64_t>(decoding_.size()));
}

absl::Status EvaluatorSession::ReceiveLabels() {
  garbler_labels_.resize(static_cast<size_t>(instances_ * shared_.circuit.garbler_inputs));
  return channel_.Receive(garbler_labels_.data(),
                          static_cast<int64_t>(garbler_labels_.size() * sizeof(Block)));
}

absl::Status EvaluatorSession::EvaluateAndReturn() {
  const Circuit& circuit = shared_.circuit;
  const int64_t outputs = static_cast<int64_t>(circuit.outputs.size());
  Evaluator evaluator(circuit, start_);
  SecretBlocks inputs(static_cast<size_t>(circuit.inputs()) * kLanes);
  std::vector<uint8_t> colours(static_cast<size_t>(outputs * kLanes));
  // Masked results: colour of the active label xor decoding bit.
  std::vector<uint8_t> packed = decoding_;
  size_t table = 0;
  for (int64_t first = 0; first < instances_; first += kLanes) {
    const int lanes = static_cast<int>(std::min<int64_t>(kLanes, instances_ - first));
    GatherLanes(circuit, first, lanes, garbler_labels_.data(), evaluator_labels_.data(),
                inputs.data());
    evaluator.Evaluate(lanes, inputs.data(), &tables_[table], colours.data());
    table += static_cast<size_t>(2 * circuit.and_gates * lanes);
    XorLaneBits(colours.data(), first, lanes, outputs, packed.data());
  }
  return channel_.Send(packed.data(), static_cast<int64_t>(packed.size()));
}

}  // namespace picost::pi_ref
