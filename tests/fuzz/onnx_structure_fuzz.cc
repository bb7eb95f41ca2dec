// The importer on files that are valid protobuf, always: operators, attributes,
// subgraphs and functions are exchanged within the message tree, so that nothing
// is lost on inputs that the wire scanner refuses.
//
//   bazel build --config=fuzz //tests/fuzz:onnx_structure_fuzzer
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "onnx/onnx_pb.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/model_mutator.h"

namespace {

// Bytes that are no model count as the empty one, from which mutations go on.
::onnx::ModelProto Parse(const uint8_t* data, size_t size) {
  ::onnx::ModelProto model;
  if (!model.ParseFromArray(data, static_cast<int>(size))) model.Clear();
  return model;
}

// What does not fit is left as it was before.
size_t Store(const ::onnx::ModelProto& model, uint8_t* data, size_t size, size_t max_size) {
  const std::string bytes = model.SerializeAsString();
  if (bytes.size() > max_size || bytes.empty()) return size;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  ::onnx::ModelProto model = Parse(data, size);
  picost::fuzz::MutateModel(seed, model);
  return Store(model, data, size, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data, size_t size,
                                            const uint8_t* other_data, size_t other_size,
                                            uint8_t* out, size_t max_out_size, unsigned seed) {
  ::onnx::ModelProto model = Parse(data, size);
  picost::fuzz::CrossModels(seed, Parse(other_data, other_size), model);
  const size_t kept = std::min(size, max_out_size);
  std::memcpy(out, data, kept);
  return Store(model, out, kept, max_out_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ::onnx::ModelProto model = Parse(data, size);
  picost::fuzz::CheckImport(model.SerializeAsString(), picost::fuzz::SmallOptions(size));
  return 0;
}
