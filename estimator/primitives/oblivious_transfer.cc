// Oblivious transfer by the library that the garbled-circuit protocols use.
//
// Extension (Ishai et al., CRYPTO 2003; Asharov et al., CCS 2013): the receiver
// sends kappa = 128 bits of columns for each OT, padded to a quantum; the sender
// answers with two masked messages (chosen OT) or nothing at all (random offsets
// that are used as they come, as free-XOR labels are).
#include "estimator/primitives/oblivious_transfer.h"

#include <cstdint>
#include <utility>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

ParameterSpec SenderIsClient() {
  return {"sender_is_client", "1: the client sends the messages; 0: the server does", 0, 1, false};
}

Traffic FromSides(bool sender_is_client, int64_t sender, int64_t receiver, int64_t flights) {
  return {.client_to_server = Bytes(sender_is_client ? sender : receiver),
          .server_to_client = Bytes(sender_is_client ? receiver : sender),
          .flights = Flights(flights)};
}

Traffic SetupTraffic(const Parameters& p, int64_t count) {
  return FromSides(p.Get("sender_is_client") != 0, Product({count, p.Get("sender_bytes")}),
                   Product({count, p.Get("receiver_bytes")}), Product({count, p.Get("flights")}));
}
std::vector<int64_t> CountUse(const Parameters&, int64_t count) { return {count}; }

Traffic ExtensionTraffic(const Parameters& p, int64_t count) {
  const int64_t padded = RoundUp(count, p.Get("quantum"));
  const int64_t answer =
      p.Get("message_bytes") == 0
          ? 0
          : Sum({Product({count, 2 * p.Get("message_bytes")}), p.Get("answer_bytes")});
  return FromSides(p.Get("sender_is_client") != 0, answer, Product({padded, 16}),
                   answer > 0 ? 2 : 1);
}
std::vector<int64_t> ExtensionUse(const Parameters& p, int64_t count) {
  const bool answered = p.Get("message_bytes") != 0;
  return {1, RoundUp(count, p.Get("quantum")), answered ? count : 0, answered ? 1 : 0};
}

// Ferret in emp-ot: bootstrap, extensions of 10,001,853, one choice bit for each
// correlated OT.
Traffic FerretSetupTraffic(const Parameters& p, int64_t count) {
  return FromSides(p.Get("sender_is_client") != 0, Product({count, 394'625}),
                   Product({count, 772'166}), Product({count, 6}));
}
Traffic FerretExtensionTraffic(const Parameters& p, int64_t count) {
  return FromSides(p.Get("sender_is_client") != 0, Product({count, 559'456}), 0, count);
}
Traffic FerretCorrelatedTraffic(const Parameters& p, int64_t count) {
  return FromSides(p.Get("sender_is_client") != 0, 0, PackedBytes(count, 1), 1);
}

}  // namespace

std::vector<PrimitiveSpec> ObliviousTransferPrimitives() {
  const auto base = [](const char* id, const char* unit, const char* citation, FormStatus status) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kObliviousTransfer;
    spec.unit = unit;
    spec.citation = citation;
    spec.status = status;
    return spec;
  };
  constexpr char kIknp[] =
      "OT extension (Ishai et al., CRYPTO 2003; Asharov et al., CCS 2013); emp-ot and DELPHI, "
      "measured";
  constexpr char kFerret[] = "Ferret (Yang et al., CCS 2020), emp-ot 7f3d4f0, measured";
  constexpr int64_t kBytes = int64_t{1} << 32;
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec setup = base("ot.setup", "one set of base OTs", kIknp, FormStatus::kVerified);
  setup.parameters = {
      {"sender_bytes", "bytes that the sender of the extension sends", 0, kBytes, false},
      {"receiver_bytes", "bytes that its receiver sends", 0, kBytes, false},
      {"flights", "flights of the base OTs", 1, 64, false},
      SenderIsClient()};
  setup.usage = {{"setups", "sets of 128 base OTs"}};
  setup.traffic = SetupTraffic;
  setup.use = CountUse;
  specs.push_back(setup);

  PrimitiveSpec extension = base("ot.extension", "one OT", kIknp, FormStatus::kVerified);
  extension.parameters = {
      {"message_bytes", "bytes of one of the two masked messages; 0: correlated, no answer", 0,
       kBytes, false},
      {"answer_bytes", "framing of the answer", 0, 1024, false},
      {"quantum", "the receiver's columns are padded to a multiple of this many OTs", 1, 1 << 20,
       false},
      SenderIsClient()};
  extension.usage = {{"calls", "batches"},
                     {"ots", "OTs, padded", Operation::kObliviousTransfer},
                     {"answered", "OTs answered with two masked messages"},
                     {"answers", "batches that are answered: both parties wait in turn"}};
  extension.traffic = ExtensionTraffic;
  extension.use = ExtensionUse;
  specs.push_back(extension);

  const auto ferret = [&](const char* id, const char* unit, UsageSpec item,
                          Traffic (*traffic)(const Parameters&, int64_t)) {
    PrimitiveSpec spec = base(id, unit, kFerret, FormStatus::kVerified);
    spec.parameters = {SenderIsClient()};
    spec.usage = {std::move(item)};
    spec.traffic = traffic;
    spec.use = CountUse;
    specs.push_back(std::move(spec));
  };
  ferret("ot.ferret_setup", "one direction",
         {"setups", "bootstraps: base OTs and the small LPN instance"}, FerretSetupTraffic);
  ferret("ot.ferret_extension", "10,001,853 correlated OTs",
         {"extensions", "LPN expansions of 10.6 million correlations"}, FerretExtensionTraffic);
  ferret("ot.ferret_correlated", "one correlated OT", {"ots", "correlated OTs"},
         FerretCorrelatedTraffic);
  specs.back().pools = [](const Parameters& p, int64_t count) {
    return std::vector<PoolUse>{
        {p.Get("sender_is_client") != 0 ? "ferret_reversed" : "ferret_straight", count}};
  };
  return specs;
}

}  // namespace picost::primitives
