// A protocol's messages as they are added one after the other: bits of each
// direction, and how often the direction changes (what a channel counts as rounds).
//
// The OT calls are those of the SCI code family (IKNP, and KKOT for 1-of-N): the
// receiver (client) sends columns for a padded number of OTs, the sender (server)
// answers with all messages. Calls of up to 16,384 OTs are padded to a multiple of
// 256, larger ones to a multiple of 16,384.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_TRANSCRIPT_H_
#define PICOST_ESTIMATOR_PRIMITIVES_TRANSCRIPT_H_

#include <cstdint>
#include <vector>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"
#include "estimator/primitives/primitive.h"

namespace picost::primitives {

class Transcript {
 public:
  void FromClient(int64_t bits) { Send(bits, /*client=*/true); }
  void FromServer(int64_t bits) { Send(bits, /*client=*/false); }
  // Both send, the server first, then read.
  void Exchange(int64_t bits) {
    FromServer(bits);
    FromClient(bits);
  }

  // 1-of-`messages` OT of `bits` bits.
  void Kkot(int64_t count, int64_t messages, int64_t bits) {
    if (count == 0) return;
    const int64_t padded = PaddedOts(count);
    kkot_ots_ = Sum({kkot_ots_, padded});
    if (padded > kOtBlock) kkot_block_ots_ = Sum({kkot_block_ots_, padded});
    kkot_messages_ = Sum({kkot_messages_, Product({count, messages})});
    FromClient(Product({padded, 256}));
    FromServer(Product({count, messages, bits}));
  }
  // 1-of-2 OT of `bits` bits, from the server or, reversed, from the client.
  void Iknp(int64_t count, int64_t bits) {
    if (count == 0) return;
    CountIknp(PaddedOts(count));
    FromClient(Product({PaddedOts(count), 128}));
    FromServer(Product({count, 2, bits}));
  }
  void IknpReversed(int64_t count, int64_t bits) {
    if (count == 0) return;
    CountIknp(PaddedOts(count));
    FromServer(Product({PaddedOts(count), 128}));
    FromClient(Product({count, 2, bits}));
  }
  // The same by the library's unsplit IKNP, whose columns fill blocks of 16,384.
  void BlockIknp(int64_t count, int64_t bits) {
    if (count == 0) return;
    const int64_t padded = RoundUp(count, kOtBlock);
    CountIknp(padded);
    FromClient(Product({padded, 128}));
    FromServer(Product({count, 2, bits}));
  }
  // Correlated OT: one message of `bits` bits; the columns as in Iknp.
  void Correlated(int64_t count, int64_t bits) {
    if (count == 0) return;
    CountIknp(PaddedOts(count));
    FromClient(Product({PaddedOts(count), 128}));
    FromServer(Product({count, bits}));
  }

  // The same messages `times` times in a row. Where it ends with the party that
  // begins it, two rounds meet in one message.
  Transcript Repeated(int64_t times) const {
    if (times <= 0 || switches_ == 0) return Transcript();
    Transcript all = *this;
    all.client_bits_ = Product({client_bits_, times});
    all.server_bits_ = Product({server_bits_, times});
    const int64_t seam = client_began_ == client_spoke_ ? 1 : 0;
    all.switches_ = Sum({Product({switches_ - seam, times}), seam});
    all.kkot_ots_ = Product({kkot_ots_, times});
    all.kkot_block_ots_ = Product({kkot_block_ots_, times});
    all.kkot_messages_ = Product({kkot_messages_, times});
    all.iknp_ots_ = Product({iknp_ots_, times});
    return all;
  }

  Traffic traffic() const {
    return {.client_to_server = Bytes(CeilDiv(client_bits_, 8)),
            .server_to_client = Bytes(CeilDiv(server_bits_, 8)),
            .flights = Flights(switches_)};
  }
  // Work items of every primitive that is made of these calls.
  std::vector<int64_t> work() const {
    return {switches_, kkot_ots_, kkot_block_ots_, kkot_messages_, iknp_ots_};
  }
  static std::vector<UsageSpec> WorkItems() {
    return {{"flights", "direction switches: messages passed on, apart from their way"},
            {"kkot_ots", "1-of-N OTs extended, padded", Operation::kObliviousTransfer},
            // Measured: by a third dearer than those of one block, which stays in the cache.
            {"kkot_block_ots", "of these, in calls of more than one block of 16,384"},
            {"kkot_messages", "messages of 1-of-N OTs, masked one by one"},
            {"iknp_ots", "1-of-2 OTs extended, padded", Operation::kObliviousTransfer}};
  }

  static constexpr int64_t kOtBlock = 16'384;
  static constexpr int64_t PaddedOts(int64_t count) {
    return RoundUp(count, count <= kOtBlock ? 256 : kOtBlock);
  }

 private:
  void Send(int64_t bits, bool client) {
    if (bits == 0) return;
    int64_t& sum = client ? client_bits_ : server_bits_;
    sum = Sum({sum, bits});
    if (switches_ == 0) client_began_ = client;
    if (switches_ == 0 || client != client_spoke_) ++switches_;
    client_spoke_ = client;
  }
  void CountIknp(int64_t ots) { iknp_ots_ = Sum({iknp_ots_, ots}); }

  int64_t client_bits_ = 0;
  int64_t server_bits_ = 0;
  int64_t switches_ = 0;
  bool client_began_ = false;
  bool client_spoke_ = false;
  int64_t kkot_ots_ = 0;
  int64_t kkot_block_ots_ = 0;
  int64_t kkot_messages_ = 0;
  int64_t iknp_ots_ = 0;
};

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_TRANSCRIPT_H_
