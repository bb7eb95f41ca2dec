// Changes of a ModelProto that keep it a ModelProto.
#ifndef PICOST_TESTS_FUZZ_MODEL_MUTATOR_H_
#define PICOST_TESTS_FUZZ_MODEL_MUTATOR_H_

#include <cstdint>

#include "onnx/onnx_pb.h"

namespace picost::fuzz {

// One to three changes; the same ones for the same seed.
void MutateModel(uint32_t seed, ::onnx::ModelProto& model);

// Puts a part of `donor` in the place of a part of the same type.
void CrossModels(uint32_t seed, const ::onnx::ModelProto& donor, ::onnx::ModelProto& model);

}  // namespace picost::fuzz

#endif  // PICOST_TESTS_FUZZ_MODEL_MUTATOR_H_
