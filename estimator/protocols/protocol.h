// A private-inference protocol: how two parties evaluate each layer.
//
// An implementation states at the top of its .cc the paper and section, the
// variant that is modelled and what is left out, and derives each formula where
// it stands. Laws (tests/conformance runs them over AllProtocols()):
//   1. Planning is a pure function of its arguments.
//   2. A layer is planned fully or refused with kUnimplemented, naming node,
//      kind and protocol. A node that computes never gets an empty plan unless
//      the protocol does it locally and says so (`local`).
//   3. Removing ReLUs never raises the number of comparisons, nor bytes, flights
//      or time of the ReLU primitive itself.
//   4. Traffic of a plan is the sum over its calls.
//   5. Between one kept element and all but one, the calls of an activation differ in
//      their counts alone; counts and stored bytes are affine in the kept elements.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_PROTOCOL_H_
#define PICOST_ESTIMATOR_PROTOCOLS_PROTOCOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"

namespace picost::protocols {

// A parameter that a request may set: "ring_bits", "fraction_bits", ...
struct ProtocolParameter {
  std::string name;
  std::string meaning;  // with the unit
  int64_t default_value = 0;
  int64_t minimum = 0;
  int64_t maximum = 0;
  std::string source;  // where the default is from
};

struct ProtocolInfo {
  std::string id;       // "delphi"
  std::string version;  // of our planner: part of the provenance, raised when plans change
  std::string title;
  std::string citation;
  std::string leaves_out;
  // What stays with the parties from offline to online, or why nothing does.
  std::string keeps;
  primitives::FormStatus status = primitives::FormStatus::kDerived;
  std::vector<ProtocolParameter> parameters;
  std::vector<std::string> primitives;  // ids it may plan
};

// Bytes that stay with a party from offline to online, for one inference.
struct Storage {
  Bytes client;
  Bytes server;
  friend bool operator==(const Storage&, const Storage&) = default;
};

// One node's share of the plan.
struct LayerPlan {
  graph::NodeId node = graph::kNoNode;
  std::vector<primitives::PrimitiveCall> calls;
  bool local = false;  // nothing to send and nothing priced, by the protocol's own rule
  std::string note;    // for people: "truncation fused into the ReLU"
  Storage storage;     // its part of ProtocolPlan::storage
  // How many of `calls`, at their end, refill pools: they depend on what the layers
  // before drew, all others on the layer and its neighbourhood alone.
  int64_t refill_calls = 0;
};

// Refills a pool: a call to make for each `yield` drawn, at the layer that crosses
// the boundary. Counters run through all layers in order.
struct Refill {
  std::string pool;
  int64_t yield = 0;
  std::string primitive;
  primitives::Parameters parameters;
  int64_t drawn_before = 0;  // where the counter starts: less than yield
  int64_t times = 1;         // how often the primitive runs each time: once a thread
  primitives::Phase phase = primitives::Phase::kOnline;
};

struct ProtocolPlan {
  std::string protocol_id;
  std::string protocol_version;
  primitives::Parameters parameters;  // every one of ProtocolInfo, resolved
  std::string graph_fingerprint;
  std::vector<primitives::PrimitiveCall> setup_calls;
  std::vector<LayerPlan> layers;  // one per node of the graph, in order
  Storage storage;
  std::vector<Refill> refills;  // those that RefillPools has applied
  // Memory and storage of the parties by what it holds; the offline items that
  // inferences need one by one make up `storage`.
  std::vector<primitives::MemoryItem> memory;

  primitives::Traffic TotalTraffic(primitives::Phase phase) const;
  primitives::Operations TotalOperations(primitives::Phase phase) const;
};

// What a planner may look at. References outlive the call.
struct PlanContext {
  const graph::Graph& graph;
  const count::OpCounts& counts;
  const primitives::Parameters& parameters;  // resolved and in range
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  virtual const ProtocolInfo& info() const = 0;

  // The whole plan. Plan() below has resolved the parameters.
  virtual absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const = 0;
};

// Every protocol, in the order of the one explicit list (all_protocols.cc).
const std::vector<const Protocol*>& AllProtocols();
const Protocol* FindProtocol(std::string_view id);  // null where there is none

// Resolves parameters against the protocol's declarations (unknown or out of
// range: kInvalidArgument naming name, value and limits; unknown protocol:
// kNotFound listing the ids) and plans.
absl::StatusOr<ProtocolPlan> Plan(std::string_view protocol_id, const graph::Graph& graph,
                                  const count::OpCounts& counts,
                                  const primitives::Parameters& requested);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_PROTOCOL_H_
