// What all operator importers of one model share.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORT_STATE_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORT_STATE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/draft.h"
#include "estimator/graph/import_options.h"

namespace picost::graph::ops {

// Constants with more elements are public without known values. Shape arithmetic
// needs few; the budget bounds what a hostile file can make us hold.
inline constexpr int64_t kMaxFoldedElements = 4096;
inline constexpr int64_t kFoldedElementsBudget = int64_t{4} << 20;

struct ImportState {
  Draft draft;
  ImportOptions options;
  std::set<std::string> node_names;
  std::set<std::string> warnings_given;
  int64_t folded_elements = 0;
  int64_t macs = 0;      // of all nodes so far
  int64_t elements = 0;  // of all results so far
  std::vector<ParameterTensor> parameters;
  bool lists_parameters = true;  // not while a loop goes through its body again
  // What sequences hold. Their values have no type of their own.
  std::map<ValueId, std::vector<ValueId>> sequences;
  std::set<std::string> loops_bound;  // that used a trip count of the request
  int64_t translated_nodes = 0;       // of the file, function bodies and unrolled loops included

  void Warn(std::string warning) {
    if (warnings_given.insert(warning).second) {
      draft.parts.notes.warnings.push_back(std::move(warning));
    }
  }
};

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORT_STATE_H_
