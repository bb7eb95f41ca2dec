#include "estimator/protocols/simd_packing.h"

#include <algorithm>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"

namespace picost::protocols {

using primitives::Product;
using primitives::Sum;

int64_t SlotsOfChannel(int64_t height, int64_t width) {
  return NextPowerOfTwo(Product({height, width}));
}

// With S slots for a channel, a half-ciphertext (one of the two SIMD rows) holds
// cn = (N / 2) / S channels.
//
//   inputs   the client sends every rotation by a kernel tap itself:
//            ceil(Ci / 2cn) ciphertexts for each tap
//   products each half-ciphertext of outputs (hp of them, made even so that pairs can
//            be folded) times each of the hr rotations of channels inside a half,
//            times inputs and taps
//   rotations one per half, rotation and input ciphertext; SEAL makes a rotation from
//            rotations by powers of two: as many key switches as the non-adjacent
//            form of the step has digits; then pairs of halves are swapped (columns)
//
// When the last half holds at most cn / 2 output channels, the code repeats them and
// sums by doubling instead of rotating through all cn.
SimdWork PackConvolution(const SimdConvolution& conv, int64_t ring_degree) {
  const int64_t slots = SlotsOfChannel(conv.height, conv.width);
  const int64_t cn = (ring_degree / 2) / slots;
  const int64_t in = conv.in_channels;
  const int64_t out = conv.out_channels;
  const int64_t input_blocks = CeilDiv(in, 2 * cn);
  const int64_t input_halves = CeilDiv(in, cn);
  const int64_t output_halves = CeilDiv(out, cn);
  const bool odd = output_halves % 2 != 0;
  const int64_t half_perms = odd && output_halves > 1 ? output_halves + 1 : output_halves;
  const int64_t half_rotations =
      input_halves > 1 || output_halves > 1 ? cn : std::max({cn, in, out});

  const int64_t in_last = out % cn != 0 ? (out % (2 * cn)) % cn : cn;
  const int64_t repeats = NextPowerOfTwo(in_last);
  const bool repeats_last = in_last <= cn / 2 && odd;
  const bool one_half = output_halves == 1;
  const int64_t rotations = one_half && repeats_last ? repeats : half_rotations;

  SimdWork work;
  work.input_ciphertexts = Product({input_blocks, conv.taps});
  work.output_ciphertexts = CeilDiv(out, 2 * cn);
  work.products = Product(
      {one_half ? rotations : Product({half_perms, half_rotations}), input_blocks, conv.taps});
  const int64_t modulus = repeats_last ? repeats : cn;
  int64_t switches = 0;
  for (int64_t r = 1; r < rotations; ++r) {
    const int64_t step = (modulus - r % modulus) % modulus;
    switches += NafWeight(step * slots);
  }
  if (repeats_last) {
    for (int64_t x = cn / 2; x >= repeats; x /= 2) ++switches;
  }
  int64_t columns = 0;
  if (half_perms > 1) {
    columns = Product({half_perms / 2, input_blocks});
  } else if (input_halves > 1) {
    columns = input_blocks;
  }
  work.key_switches = Sum({Product({half_perms, input_blocks, switches}), columns});
  return work;
}

// C_n = N / S channels in a ciphertext. k^2 - 1 rotations align the kernel's taps, of
// every input ciphertext or of every partial output; C_n - 1 more bring each channel
// of a block to each other. Products do not depend on the choice.
SimdWork PackGazelle(const SimdConvolution& conv, int64_t ring_degree) {
  const int64_t channels = ring_degree / SlotsOfChannel(conv.height, conv.width);
  const int64_t inputs = CeilDiv(conv.in_channels, channels);
  const int64_t outputs = CeilDiv(conv.out_channels, channels);
  const int64_t blocks = Product({inputs, outputs});
  SimdWork work;
  work.input_ciphertexts = inputs;
  work.output_ciphertexts = outputs;
  work.products = Product({conv.taps, channels, blocks});
  work.key_switches =
      Sum({Product({conv.taps - 1, std::min(inputs, outputs)}), Product({channels - 1, blocks})});
  return work;
}

SimdWork PackElements(int64_t inputs, int64_t outputs, int64_t macs, int64_t ring_degree) {
  return {.input_ciphertexts = CeilDiv(inputs, ring_degree),
          .output_ciphertexts = CeilDiv(outputs, ring_degree),
          .products = CeilDiv(macs, ring_degree),
          .key_switches = 0};
}

// The input is one ciphertext; `pack` rows of the matrix share one. Products are
// summed inside by rotations: by 1, 2, ..., diagonals - 1 to align the diagonals (keys
// are for powers of two: one key switch for each digit of the step in non-adjacent
// form), then log2(width / diagonals) to fold the row. Garimella et al. publish 226.9 s
// of evaluation for VGG-16 with two layers of 4,096 features: with these key switches
// the table of their convolutions gives 221 s, with one for each rotation 196 s.
SimdWork PackMatrix(int64_t in_features, int64_t out_features, int64_t ring_degree) {
  const int64_t width = NextPowerOfTwo(in_features);
  const int64_t pack = std::max<int64_t>(1, ring_degree / width);
  const int64_t diagonals = CeilDiv(NextPowerOfTwo(out_features), pack);
  SimdWork work;
  work.input_ciphertexts = 1;
  work.output_ciphertexts = 1;
  work.products = diagonals;
  work.key_switches =
      NafWeightsBelow(diagonals) + CeilLog2(std::max<int64_t>(1, width / diagonals));
  return work;
}

}  // namespace picost::protocols
