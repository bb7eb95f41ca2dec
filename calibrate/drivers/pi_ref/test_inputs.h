// Inputs of measured runs: both parties draw the same ones from the request's
// seed, so that each can check its outputs. Public by design, never a secret.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_TEST_INPUTS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_TEST_INPUTS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "calibrate/driver.pb.h"
#include "calibrate/drivers/pi_ref/aes.h"
#include "calibrate/drivers/pi_ref/block.h"
#include "calibrate/drivers/pi_ref/modulus.h"
#include "calibrate/drivers/pi_ref/wipe.h"

namespace picost::pi_ref {

// count elements of the modulus; stream tells several draws of one seed apart.
inline SecretVector<uint64_t> TestElements(int64_t seed, int stream, int64_t count,
                                           const Modulus& modulus) {
  Prg prg(MakeBlock(static_cast<uint64_t>(seed), static_cast<uint64_t>(stream) + 1));
  SecretBlocks blocks(static_cast<size_t>((count + 1) / 2));
  prg.Fill(blocks.data(), blocks.size());
  const uint64_t* words = reinterpret_cast<const uint64_t*>(blocks.data());
  SecretVector<uint64_t> elements(static_cast<size_t>(count));
  for (size_t i = 0; i < elements.size(); ++i) elements[i] = modulus.Reduce(words[i]);
  return elements;
}

inline absl::StatusOr<Modulus> RequestedModulus(const calibrate::MeasureRequest& request) {
  const int bits = static_cast<int>(request.parameters().at("bits"));
  return request.parameters().at("field") != 0 ? Modulus::Field(bits) : Modulus::Ring(bits);
}

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_TEST_INPUTS_H_
