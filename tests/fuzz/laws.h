// What holds for every file and every request, checked by the fuzz targets.
#ifndef PICOST_TESTS_FUZZ_LAWS_H_
#define PICOST_TESTS_FUZZ_LAWS_H_

#include <cstddef>
#include <string_view>

#include "estimator/graph/graph.h"
#include "estimator/graph/import_options.h"

namespace picost::fuzz {

// Aborts, naming the law, where it does not hold.
void Require(bool holds, const char* law);

// Small limits: a hang is then a mistake of ours and no large model. The policy
// for unknown operators depends on `choice`.
graph::ImportOptions SmallOptions(size_t choice);

// Totals are sums, nothing is negative.
void CheckCounts(const graph::Graph& graph);

// Imports a file: refused with a reason, or accepted with sound counts and the
// same fingerprint as its weightless twin.
void CheckImport(std::string_view bytes, const graph::ImportOptions& options);

}  // namespace picost::fuzz

#endif  // PICOST_TESTS_FUZZ_LAWS_H_
