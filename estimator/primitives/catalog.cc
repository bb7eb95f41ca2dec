#include "estimator/primitives/catalog.h"

#include <map>
#include <string>

#include "estimator/primitives/cheetah_interactive.h"
#include "estimator/primitives/cheetah_linear.h"
#include "estimator/primitives/cheetah_steps.h"
#include "estimator/primitives/crypten.h"
#include "estimator/primitives/garbled_circuits.h"
#include "estimator/primitives/homomorphic.h"
#include "estimator/primitives/oblivious_transfer.h"
#include "estimator/primitives/plaintext.h"
#include "estimator/primitives/sci_field.h"
#include "estimator/primitives/sci_linear.h"
#include "estimator/primitives/sci_ring.h"
#include "estimator/primitives/secret_sharing.h"

namespace picost::primitives {
namespace {

using List = std::vector<PrimitiveSpec>;

const List& Specs() {
  static const List* const specs = [] {
    auto* all = new List;
    for (List (*family)() :
         {&CheetahInteractivePrimitives, &CheetahStepPrimitives, &CheetahLinearPrimitives,
          &GarbledCircuitPrimitives, &ObliviousTransferPrimitives, &HomomorphicPrimitives,
          &PlaintextPrimitives, &SecretSharingPrimitives, &SciFieldPrimitives, &SciRingPrimitives,
          &SciLinearPrimitives, &CrypTenPrimitives}) {
      for (PrimitiveSpec& spec : family()) all->push_back(std::move(spec));
    }
    return all;
  }();
  return *specs;
}

}  // namespace

const std::vector<const PrimitiveSpec*>& AllPrimitives() {
  static const auto* const pointers = [] {
    auto* all = new std::vector<const PrimitiveSpec*>;
    for (const PrimitiveSpec& spec : Specs()) all->push_back(&spec);
    return all;
  }();
  return *pointers;
}

const PrimitiveSpec* FindPrimitive(std::string_view id) {
  static const auto* const index = [] {
    auto* by_id = new std::map<std::string, const PrimitiveSpec*, std::less<>>;
    for (const PrimitiveSpec* spec : AllPrimitives()) by_id->emplace(spec->id, spec);
    return by_id;
  }();
  const auto found = index->find(id);
  return found == index->end() ? nullptr : found->second;
}

}  // namespace picost::primitives
