// The importer on arbitrary bytes: no crash, no hang, no unbounded memory, and
// the laws where a file is accepted.
//
//   bazel build --config=fuzz //tests/fuzz:onnx_import_fuzzer
//   bazel-bin/tests/fuzz/onnx_import_fuzzer -max_len=65536 CORPUS_COPY
#include <cstdint>
#include <string_view>

#include "tests/fuzz/laws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  picost::fuzz::CheckImport({reinterpret_cast<const char*>(data), size},
                            picost::fuzz::SmallOptions(size));
  return 0;
}
