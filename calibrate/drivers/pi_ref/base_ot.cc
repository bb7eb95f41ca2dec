#include "calibrate/drivers/pi_ref/base_ot.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "calibrate/drivers/pi_ref/randomness.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

constexpr int kPointBytes = crypto_core_ristretto255_BYTES;
using Point = std::array<unsigned char, kPointBytes>;
struct Scalar {
  std::array<unsigned char, crypto_core_ristretto255_SCALARBYTES> bytes;
  ~Scalar() { Wipe(bytes.data(), bytes.size()); }
};

// 64 bytes of the system's generator, reduced modulo the group order.
Scalar RandomScalar() {
  std::array<Block, 4> wide = {RandomBlock(), RandomBlock(), RandomBlock(), RandomBlock()};
  Scalar scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.bytes.data(),
                                         reinterpret_cast<unsigned char*>(wide.data()));
  Wipe(wide.data(), sizeof(wide));
  return scalar;
}

absl::Status Malformed() {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "the other party sent no valid point of ristretto255",
                   {.mend = "Run the same version of pi-ref on both machines."});
}

Block Key(int64_t index, const Point& a, const Point& b, const Point& shared) {
  crypto_generichash_state state;
  Block key;
  crypto_generichash_init(&state, nullptr, 0, sizeof(Block));
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&index), sizeof(index));
  for (const Point* point : {&a, &b, &shared}) {
    crypto_generichash_update(&state, point->data(), point->size());
  }
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(&key), sizeof(Block));
  Wipe(&state, sizeof(state));
  return key;
}

}  // namespace

absl::StatusOr<SecretBlocks> SendBaseOt(calibrate::Channel& channel, int count) {
  const Scalar a = RandomScalar();
  Point big_a;
  crypto_scalarmult_ristretto255_base(big_a.data(), a.bytes.data());
  PICOST_RETURN_IF_ERROR(channel.Send(big_a.data(), kPointBytes));
  std::vector<Point> received(count);
  PICOST_RETURN_IF_ERROR(channel.Receive(received.data(), int64_t{kPointBytes} * count));

  // a (B - A) = a B - a A: one product a B for each transfer.
  Point a_big_a;
  if (crypto_scalarmult_ristretto255(a_big_a.data(), a.bytes.data(), big_a.data()) != 0) {
    return Malformed();
  }
  SecretBlocks keys(2 * static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    Point zero, one;
    if (crypto_scalarmult_ristretto255(zero.data(), a.bytes.data(), received[i].data()) != 0 ||
        crypto_core_ristretto255_sub(one.data(), zero.data(), a_big_a.data()) != 0) {
      return Malformed();
    }
    keys[2 * i] = Key(i, big_a, received[i], zero);
    keys[2 * i + 1] = Key(i, big_a, received[i], one);
    Wipe(zero.data(), zero.size());
    Wipe(one.data(), one.size());
  }
  Wipe(a_big_a.data(), a_big_a.size());
  return keys;
}

absl::StatusOr<SecretBlocks> ReceiveBaseOt(calibrate::Channel& channel,
                                           const SecretVector<uint8_t>& choices) {
  Point big_a;
  PICOST_RETURN_IF_ERROR(channel.Receive(big_a.data(), kPointBytes));
  if (crypto_core_ristretto255_is_valid_point(big_a.data()) != 1) return Malformed();
  const int count = static_cast<int>(choices.size());
  std::vector<Point> sent(count);
  SecretBlocks keys(count);
  for (int i = 0; i < count; ++i) {
    const Scalar b = RandomScalar();
    Point zero, one, shared;
    crypto_scalarmult_ristretto255_base(zero.data(), b.bytes.data());
    if (crypto_core_ristretto255_add(one.data(), zero.data(), big_a.data()) != 0 ||
        crypto_scalarmult_ristretto255(shared.data(), b.bytes.data(), big_a.data()) != 0) {
      return Malformed();
    }
    const unsigned char mask = static_cast<unsigned char>(-(choices[i] & 1));
    for (int j = 0; j < kPointBytes; ++j) {
      sent[i][j] = static_cast<unsigned char>(zero[j] ^ (mask & (zero[j] ^ one[j])));
    }
    keys[i] = Key(i, big_a, sent[i], shared);
    Wipe(zero.data(), zero.size());
    Wipe(one.data(), one.size());
    Wipe(shared.data(), shared.size());
  }
  PICOST_RETURN_IF_ERROR(channel.Send(sent.data(), int64_t{kPointBytes} * count));
  return keys;
}

}  // namespace picost::pi_ref
