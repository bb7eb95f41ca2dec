// GraphSource -> graph with counts: imports what is inline, finds what is
// registered.
#ifndef PICOST_SERVICE_GRAPH_LOADER_H_
#define PICOST_SERVICE_GRAPH_LOADER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/graph/onnx_wire.h"
#include "proto/picost/v1/graph.pb.h"
#include "service/convert/graph.h"
#include "service/graph_cache.h"
#include "service/store/model_store.h"

namespace picost::service {

// Whether a network has to be read or made, or just looked up.
inline bool NeedsReading(const v1::GraphSource& source) {
  return source.source_case() != v1::GraphSource::kModel || !source.operations().empty();
}

class GraphLoader {
 public:
  // store outlives the loader.
  // on_lookup: told of every look into the cache whether it was a hit. on_stage: of
  // the time that a stage of taking a model in took: "import", "count", "strip".
  GraphLoader(
      ModelStore* store, graph::ImportLimits limits, int64_t cache_budget_bytes,
      std::function<void(bool hit)> on_lookup = [](bool) {},
      std::function<void(const char* stage, double seconds)> on_stage = [](const char*, double) {})
      : store_(store),
        limits_(limits),
        cache_(cache_budget_bytes),
        on_lookup_(std::move(on_lookup)),
        on_stage_(std::move(on_stage)) {}

  // Of a validated source. A refused network has the reason MODEL_REFUSED; a name
  // of nothing is kNotFound.
  absl::StatusOr<std::shared_ptr<const LoadedGraph>> Load(const v1::GraphSource& source);

  // The network as its file has it: batch norms and the like are not yet part of the
  // linear layers before them. Never cached. Errors as of Load.
  absl::StatusOr<std::shared_ptr<const LoadedGraph>> LoadUnfolded(const v1::GraphSource& source);

  // Without weights: what a store keeps to make the same graph again.
  // Serialized; equal sources give equal bytes.
  absl::StatusOr<std::string> SourceToKeep(const v1::GraphSource& source) const;

  // What a file may be, for those who read it before it comes here.
  graph::WireLimits wire_limits() const {
    return {.max_bytes = limits_.max_bytes,
            .max_structure_bytes = limits_.max_structure_bytes,
            .max_name_bytes = limits_.max_name_bytes,
            .max_subgraph_depth = limits_.max_subgraph_depth};
  }

  void Remember(std::shared_ptr<const LoadedGraph> loaded) { cache_.Insert(std::move(loaded)); }
  int64_t cache_bytes() const { return cache_.used_bytes(); }
  void Forget(const std::string& fingerprint) { cache_.Erase(fingerprint); }

 private:
  absl::StatusOr<std::shared_ptr<const LoadedGraph>> LoadRegistered(const std::string& name);
  absl::StatusOr<std::shared_ptr<const LoadedGraph>> Import(const v1::GraphSource& source,
                                                            bool fold_affine = true) const;
  // What the store keeps of a model.
  absl::StatusOr<v1::GraphSource> Kept(const std::string& name, const std::string& id) const;

  ModelStore* const store_;
  const graph::ImportLimits limits_;
  GraphCache cache_;
  const std::function<void(bool hit)> on_lookup_;
  const std::function<void(const char* stage, double seconds)> on_stage_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_GRAPH_LOADER_H_
