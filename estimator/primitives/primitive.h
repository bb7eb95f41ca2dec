// The narrow waist: what one cryptographic primitive is, and one use of it.
//
// Above it nobody knows seconds; below it nobody knows neural networks.
//
// Traffic of a primitive is a closed form of its parameters and its count:
// exact, or (status kEmpirical) an expectation with a stated relative bound.
// Usage is the vector of work items whose unit costs a calibration table is
// fitted for (products, key switches, padded elements, ...): integers, so that
// sums are exact and fits are applied once to the sums.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_PRIMITIVE_H_
#define PICOST_ESTIMATOR_PRIMITIVES_PRIMITIVE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/base/units.h"

namespace picost::primitives {

enum class Phase {
  kSetup,    // once per client and server: keys, base OTs
  kOffline,  // per inference, independent of the input
  kOnline,
};
inline constexpr int kPhaseCount = 3;

// Whose processor works. kJoint: the primitive is measured as one interactive
// operation whose wall time holds both parties' turns.
enum class Executor { kClient, kServer, kJoint };

// What the parties keep, and from when on.
struct MemoryItem {
  std::string name;  // "garbled circuits and labels"
  // kSetup: as long as they stay connected; kOffline: for one inference, until it is
  // done; kOnline: while it runs.
  Phase phase = Phase::kOnline;
  Bytes client;
  Bytes server;
  std::string note;  // of what it consists; where one party keeps nothing, why

  friend bool operator==(const MemoryItem&, const MemoryItem&) = default;
};

// Which table of a deployment prices a primitive.
enum class Family {
  kGarbling,
  kObliviousTransfer,
  kHomomorphic,
  kSecretSharing,
  kPlaintext,      // arithmetic in the clear or on shares, serialisation
  kWholeProtocol,  // operations measured as a backend's whole layers
};

// How far a closed form is to be trusted; travels into the catalogue and answers.
enum class FormStatus {
  kVerified,   // equal to measured bytes
  kEmpirical,  // within a stated bound of measured bytes
  kDerived,    // from code or paper, not compared with a measurement
};

struct Traffic {
  Bytes client_to_server;
  Bytes server_to_client;
  Flights flights;

  Traffic& operator+=(const Traffic& other) {
    client_to_server += other.client_to_server;
    server_to_client += other.server_to_client;
    flights += other.flights;
    return *this;
  }
  friend bool operator==(const Traffic&, const Traffic&) = default;
};

// Named integers, ordered by name: {"height", 32}, {"ring_bits", 37}, ... A handful of
// entries that closed forms read very often: a flat list, not a tree.
class Parameters {
 public:
  using Entry = std::pair<std::string, int64_t>;

  Parameters() = default;
  // Of two values with one name the first counts.
  Parameters(std::initializer_list<Entry> values);

  void Set(std::string_view name, int64_t value);
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  // The caller has validated against the spec: a missing name is our mistake (CHECK).
  int64_t Get(std::string_view name) const;
  int64_t GetOr(std::string_view name, int64_t fallback) const;

  const std::vector<Entry>& values() const { return values_; }
  std::string DebugString() const;  // "height=32;ring_bits=37"
  friend bool operator==(const Parameters&, const Parameters&) = default;

 private:
  const Entry* Find(std::string_view name) const {
    for (const Entry& entry : values_) {
      if (entry.first == name) return &entry;
    }
    return nullptr;
  }

  std::vector<Entry> values_;
};

struct ParameterSpec {
  std::string name;
  std::string meaning;  // with the unit
  int64_t minimum = 0;
  int64_t maximum = 0;
  // A table prices only calls whose value of this parameter it has samples for
  // (ring degree, modulus chain); the others are interpolated through usage.
  bool must_match = false;
  // A call may leave it away: `meaning` says what that stands for.
  bool optional = false;
};

// Of primitives that split their elements over threads: 1 where it is left away.
inline constexpr char kThreads[] = "threads";

// What protocols are compared by, whatever their tables price.
enum class Operation {
  kNone,
  kCiphertextProduct,  // ciphertext times plaintext (in triples: times ciphertext)
  kKeySwitch,          // one rotation by a step that has a key; a relinearization
  kObliviousTransfer,  // of any flavour, padding included
  kGarbledGate,        // one AND gate garbled
};

struct UsageSpec {
  std::string name;     // "ciphertext_plaintext_products"
  std::string meaning;  // with the unit
  // One item is `each` such operations.
  Operation counted = Operation::kNone;
  int64_t each = 1;
  // Told apart only by some tables: where no sample has any, the other items hold its cost.
  bool refines = false;
};

struct Operations {
  int64_t ciphertext_products = 0;
  int64_t key_switches = 0;
  int64_t oblivious_transfers = 0;
  int64_t garbled_gates = 0;

  Operations& operator+=(const Operations& other) {
    ciphertext_products += other.ciphertext_products;
    key_switches += other.key_switches;
    oblivious_transfers += other.oblivious_transfers;
    garbled_gates += other.garbled_gates;
    return *this;
  }
  friend bool operator==(const Operations&, const Operations&) = default;
};

// One interactive resource that calls draw from and that is refilled in steps
// (Ferret's correlated OTs), or filled once at the first use (an OT extension's base
// OTs). Counters run through the whole network.
struct PoolUse {
  std::string pool;  // "ferret_straight", "ferret_reversed", kDivisionPool
  int64_t amount = 0;
  friend bool operator==(const PoolUse&, const PoolUse&) = default;
};

// Drawn from by every call that needs the IKNP instance of divisions: set up by the
// first one of a connection.
inline constexpr char kDivisionPool[] = "division_base_ots";

struct PrimitiveSpec {
  std::string id;  // "cheetah.relu", "gc.garble"
  Family family = Family::kWholeProtocol;
  std::string unit;      // what count counts: "one ReLU element", "one ciphertext"
  std::string citation;  // paper and section, or measured backend and revision
  FormStatus status = FormStatus::kDerived;
  // kEmpirical: |traffic - measured| <= bound x measured, per direction.
  double traffic_relative_bound = 0;
  std::vector<ParameterSpec> parameters;
  // Empty: only its bytes and flights cost time, and the citation says why.
  std::vector<UsageSpec> usage;
  // Primitives of one backend that are made of the same work share its unit
  // costs: those with the same group have the same usage items, and one fit.
  // Empty: the primitive is fitted by itself.
  std::string cost_group;

  // Pure, total on validated parameters; non-decreasing in count.
  Traffic (*traffic)(const Parameters& parameters, int64_t count) = nullptr;
  // As many entries as `usage`.
  std::vector<int64_t> (*use)(const Parameters& parameters, int64_t count) = nullptr;
  // Flights on the critical path, where it is shorter than the count of direction
  // switches (two messages that cross wait once). Null: traffic().flights.
  int64_t (*critical_flights)(const Parameters& parameters, int64_t count) = nullptr;
  // Both directions are sent at the same time (shares are exchanged), so that a call's
  // transfer takes as long as the slower one.
  bool duplex = false;
  // Correlated OTs and the like; null where nothing is drawn.
  std::vector<PoolUse> (*pools)(const Parameters& parameters, int64_t count) = nullptr;
  // The elements of a call are split over `threads` connections, with the parties'
  // roles swapped on the odd ones; the forms above are those of one connection.
  bool splits_over_threads = false;
};

// Declares `threads` and splits over them.
void SplitOverThreads(PrimitiveSpec& spec);

// "count of this primitive, with these parameters, in this phase, by this party".
struct PrimitiveCall {
  const PrimitiveSpec* spec = nullptr;  // from the catalogue: lives for ever
  Parameters parameters;
  int64_t count = 0;
  Phase phase = Phase::kOnline;
  Executor executor = Executor::kJoint;
  Traffic traffic;
  Flights critical_flights;  // what the parties wait for; at most traffic.flights
  std::vector<int64_t> usage;
  std::vector<PoolUse> pools;
};

// Builds a call: looks the id up, validates the parameters (all declared, in
// range; kInvalidArgument naming name, value and limit), and fills in traffic,
// usage and pools from the spec.
absl::StatusOr<PrimitiveCall> MakeCall(std::string_view primitive, Parameters parameters,
                                       int64_t count, Phase phase, Executor executor);

// Gives a call another count: what MakeCall would build with it, without looking the
// primitive up and validating its parameters again. Errors as of MakeCall.
absl::Status SetCount(int64_t count, PrimitiveCall& call);

// Of a call: its usage, and what it draws from pools of correlated OTs.
Operations OperationsOf(const PrimitiveCall& call);

std::string_view PhaseName(Phase phase);  // "setup", "offline", "online"
std::string_view ExecutorName(Executor executor);
std::string_view FamilyName(Family family);  // "garbling", "oblivious-transfer", ...
std::string_view FormStatusName(FormStatus status);

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_PRIMITIVE_H_
