// The parts that plans of the garbled-circuit protocols are made of: a linear layer
// under homomorphic encryption, circuits on shared elements, products of shares, the
// set-up; with what each party keeps for them.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_GARBLED_LAYERS_H_
#define PICOST_ESTIMATOR_PROTOCOLS_GARBLED_LAYERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/garbled_planner.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/protocol.h"
#include "estimator/protocols/simd_packing.h"

namespace picost::protocols {

class GarbledLayers {
 public:
  // options outlive it.
  explicit GarbledLayers(const GarbledOptions& options) : options_(options) {}

  // Begins the next layer.
  void StartLayer();
  CallList& calls() { return calls_; }
  const std::string& note() const { return note_; }
  Storage layer_storage() const { return layer_storage_; }
  void Note(std::string_view note);

  // One linear layer of `inputs` and `outputs` elements, `count` times. Offline:
  // Enc(r) up, Enc(M r + s) down; online x - r up and M (x - r) + s in the clear.
  // Without an offline phase: Enc(x) itself. first: it reads the client's input.
  void AddLinear(const SimdWork& work, int64_t count, int64_t inputs, int64_t outputs, int64_t macs,
                 bool first);
  // Element by element with the server's values: a diagonal linear layer.
  void AddScaling(int64_t elements, bool first);
  // `count` circuits of `gates` AND gates on `operands` shared elements.
  void AddCircuits(int64_t gates, int64_t operands, int64_t count);
  void AddMaximum(int64_t window, int64_t count);
  // Beaver triples made under encryption beforehand, both operands opened online.
  void AddProducts(int64_t count);

  // Keys and base OTs that the layers so far need.
  void AddSetup(CallList& setup) const;
  // Adds the steps that refill silent OT.
  absl::Status Finish(ProtocolPlan& plan) const;
  // Offline material of all layers, per inference.
  Storage storage() const { return storage_; }
  // Everything that the layers so far make the parties keep, shares apart.
  std::vector<primitives::MemoryItem> Memory() const;

 private:
  primitives::Phase LinearPhase() const;
  primitives::Phase GarblingPhase() const;
  primitives::Phase TransferPhase() const;
  primitives::Executor Garbler() const;
  primitives::Executor Evaluator() const;
  int64_t ClientGarbles() const { return options_.client_garbles ? 1 : 0; }
  bool Rotates() const { return options_.packing != Packing::kElements; }
  primitives::Parameters HeParameters() const;
  int64_t SwitchingKeys() const;
  int64_t RelinearizationKeys() const;
  void Keep(Storage& kind, int64_t client, int64_t server);

  const GarbledOptions& options_;
  CallList calls_;
  std::string note_;
  Storage layer_storage_;

  Storage storage_;
  // By kind.
  Storage masks_;
  Storage circuits_;
  Storage triples_;
  // Of the largest layer, while it runs.
  int64_t largest_ciphertexts_ = 0;
  Storage largest_circuits_;
  int64_t encoded_products_ = 0;  // plaintexts encoded beforehand
  bool multiplies_ = false;
};

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_GARBLED_LAYERS_H_
