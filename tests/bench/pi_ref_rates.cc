// Rates of pi-ref against what bounds them on the same machine, in the same run.
//
//   bazel run -c opt //tests/bench:pi_ref_rates
//
// Prints one line a figure: garbling and evaluation in memory, and the loop of
// only their key schedules and encryptions; correlated OT per core; the ReLU
// circuit of DELPHI's 41-bit field over loopback, to be compared with the rows
// gc.garble of data/calibration/emp (28 us an element at 16,384 elements and
// 287 AND gates on an EPYC of the third generation).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "calibrate/channel.h"
#include "calibrate/drivers/pi_ref/aes.h"
#include "calibrate/drivers/pi_ref/block.h"
#include "calibrate/drivers/pi_ref/garbling.h"
#include "calibrate/drivers/pi_ref/modulus.h"
#include "calibrate/drivers/pi_ref/ot_extension.h"
#include "calibrate/drivers/pi_ref/randomness.h"
#include "calibrate/drivers/pi_ref/session.h"
#include "calibrate/drivers/pi_ref/shared_circuit.h"

namespace picost::pi_ref {
namespace {

using calibrate::Channel;

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The middle of nine: other processes share the machine.
double Median(const std::function<void()>& work) {
  std::vector<double> times;
  work();
  for (int i = 0; i < 9; ++i) times.push_back(Seconds(work));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void InMemory(const SharedCircuit& shared) {
  constexpr int kBatches = 400;
  const Circuit& circuit = shared.circuit;
  const double gates = 1.0 * kBatches * kLanes * circuit.and_gates;
  SecretBlocks labels(static_cast<size_t>(circuit.inputs()) * kLanes);
  Prg(RandomBlock()).Fill(labels.data(), labels.size());
  std::vector<Block> tables(static_cast<size_t>(circuit.and_gates) * 2 * kLanes);
  std::vector<uint8_t> bits(circuit.outputs.size() * kLanes);

  Garbler garbler(circuit, RandomBlock(), RandomBlock());
  const double garble = Median([&] {
    for (int i = 0; i < kBatches; ++i) {
      garbler.Garble(kLanes, labels.data(), tables.data(), bits.data());
    }
  });
  Evaluator evaluator(circuit, RandomBlock());
  const double evaluate = Median([&] {
    for (int i = 0; i < kBatches; ++i) {
      evaluator.Evaluate(kLanes, labels.data(), tables.data(), bits.data());
    }
  });
  std::vector<Block> keys(2 * kLanes), blocks(4 * kLanes);
  Prg(RandomBlock()).Fill(keys.data(), keys.size());
  const double aes = Median([&] {
    for (int i = 0; i < kBatches * circuit.and_gates; ++i) {
      EncryptRekeyed<2>(keys.data(), 2 * kLanes, blocks.data());
    }
  });
  const double aes_evaluate = Median([&] {
    for (int i = 0; i < kBatches * circuit.and_gates; ++i) {
      EncryptRekeyed<1>(keys.data(), 2 * kLanes, blocks.data());
    }
  });
  std::printf("garbling in memory        %7.2f ns an AND gate\n", garble / gates * 1e9);
  std::printf("its AES alone             %7.2f ns an AND gate\n", aes / gates * 1e9);
  std::printf("share of the AES rate     %7.3f (wanted: at least 0.667)\n", aes / garble);
  std::printf("evaluation in memory      %7.2f ns an AND gate\n", evaluate / gates * 1e9);
  std::printf("share of the AES rate     %7.3f\n", aes_evaluate / evaluate);
}

void CorrelatedOt() {
  constexpr int64_t kCount = 4 << 20;
  auto pair = Channel::LoopbackPair();
  if (!pair.ok()) return;
  std::unique_ptr<OtExtensionSender> sender;
  std::thread other(
      [&] { sender = std::move(*OtExtensionSender::Create(*pair->first, RandomBlock())); });
  auto receiver = std::move(*OtExtensionReceiver::Create(*pair->second));
  other.join();
  SecretBlocks choices(kCount / 128), q, t;
  Prg(RandomBlock()).Fill(choices.data(), choices.size());
  q.resize(kCount);
  t.resize(kCount);
  const double seconds = Median([&] {
    std::thread thread([&] { (void)sender->Correlated(*pair->first, kCount, q); });
    (void)receiver->Correlated(*pair->second, choices, kCount, t);
    thread.join();
  });
  std::printf("correlated OT             %7.2f million a second and core (wanted: above 5)\n",
              static_cast<double>(kCount) / seconds / 1e6);
}

void OverLoopback(const SharedCircuit& shared) {
  constexpr int64_t kCount = 16384;
  auto pair = Channel::LoopbackPair();
  if (!pair.ok()) return;
  const SecretVector<uint64_t> shares(kCount), masks(kCount);
  std::unique_ptr<GarblerSession> garbler;
  std::thread other([&] { garbler = std::move(*GarblerSession::Setup(*pair->first, shared)); });
  auto evaluator = std::move(*EvaluatorSession::Setup(*pair->second, shared));
  other.join();
  SecretVector<uint64_t> out;
  const auto both = [](const std::function<absl::Status()>& one,
                       const std::function<absl::Status()>& two) {
    return Median([&] {
      std::thread thread([&] { (void)one(); });
      (void)two();
      thread.join();
    });
  };
  const double ot = both([&] { return garbler->OfflineOt(kCount); },
                         [&] { return evaluator->OfflineOt(shares, masks); });
  const double tables =
      both([&] { return garbler->OfflineTables(); }, [&] { return evaluator->OfflineTables(); });
  const double online = both(
      [&] {
        const absl::Status sent = garbler->SendLabels(shares);
        return sent.ok() ? garbler->ReceiveOutputs(out) : sent;
      },
      [&] {
        const absl::Status received = evaluator->ReceiveLabels();
        return received.ok() ? evaluator->EvaluateAndReturn() : received;
      });
  const int ands = shared.circuit.and_gates;
  std::printf("ReLU, 41-bit field, %d AND gates, %lld elements over loopback\n", ands,
              static_cast<long long>(kCount));
  std::printf("  evaluator's labels      %7.2f us an element\n", ot / kCount * 1e6);
  std::printf("  garble and send         %7.2f us an element, %.1f ns an AND gate\n",
              tables / kCount * 1e6, tables / kCount / ands * 1e9);
  std::printf("  online                  %7.2f us an element, %.1f ns an AND gate\n",
              online / kCount * 1e6, online / kCount / ands * 1e9);
}

int Main() {
  if (const absl::Status status = CheckProcessor(); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return 1;
  }
  const auto shared = MakeSharedCircuit(Function::kRelu, *Modulus::Field(41), 1, 0);
  InMemory(*shared);
  CorrelatedOt();
  OverLoopback(*shared);
  return 0;
}

}  // namespace
}  // namespace picost::pi_ref

int main() { return picost::pi_ref::Main(); }
