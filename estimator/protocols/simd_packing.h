// How DELPHI packs a linear layer into SIMD slots, and how many operations it then
// takes (mc2-project/delphi, protocols-sys: conv2d.cpp, fc_layer.cpp; the same code
// underlies CrypTFlow2's homomorphic layers).
#ifndef PICOST_ESTIMATOR_PROTOCOLS_SIMD_PACKING_H_
#define PICOST_ESTIMATOR_PROTOCOLS_SIMD_PACKING_H_

#include <cstdint>

namespace picost::protocols {

struct SimdWork {
  int64_t input_ciphertexts = 0;  // that the client encrypts and sends
  int64_t output_ciphertexts = 0;
  int64_t products = 0;  // ciphertext-plaintext
  int64_t key_switches = 0;
};

struct SimdConvolution {
  int64_t height = 0;  // unpadded: masks take care of the border
  int64_t width = 0;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t taps = 0;  // kernel positions
};

// Slots that one channel takes: the next power of two of height x width.
int64_t SlotsOfChannel(int64_t height, int64_t width);

// Needs SlotsOfChannel <= ring_degree / 2.
SimdWork PackConvolution(const SimdConvolution& conv, int64_t ring_degree);

// The same slots with the kernel's rotations left to the server: the cheaper of
// rotating inputs or outputs (GAZELLE, section 5). Needs SlotsOfChannel as above.
SimdWork PackGazelle(const SimdConvolution& conv, int64_t ring_degree);

// Elements fill slots in order, multiply-adds fill products (MiniONN, section 4).
SimdWork PackElements(int64_t inputs, int64_t outputs, int64_t macs, int64_t ring_degree);

// Needs the next powers of two of both features <= ring_degree.
SimdWork PackMatrix(int64_t in_features, int64_t out_features, int64_t ring_degree);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_SIMD_PACKING_H_
