#include "service/graph_cache.h"

#include <utility>

namespace picost::service {

int64_t ApproximateBytes(const LoadedGraph& loaded) {
  // Names, dimensions and lists of ids lie on the heap beside the structs; the
  // vectors of attributes are bounded by their kinds.
  constexpr int64_t kHeapPerNode = 512;
  int64_t bytes = sizeof(LoadedGraph);
  for (const graph::Value& value : loaded.graph.values()) {
    bytes += sizeof(value) + value.name.size() + 8 * value.type.dims.size();
  }
  for (const graph::Node& node : loaded.graph.nodes()) {
    bytes += sizeof(node) + node.name.size() + node.onnx_op.size() +
             4 * (node.inputs.size() + node.outputs.size()) + sizeof(count::Counts) + kHeapPerNode;
  }
  return bytes;
}

std::shared_ptr<const LoadedGraph> GraphCache::Find(std::string_view fingerprint) {
  std::lock_guard lock(mutex_);
  const auto found = by_fingerprint_.find(fingerprint);
  if (found == by_fingerprint_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->loaded;
}

void GraphCache::Insert(std::shared_ptr<const LoadedGraph> loaded) {
  const int64_t bytes = ApproximateBytes(*loaded);
  const std::string fingerprint = loaded->graph.fingerprint();
  std::lock_guard lock(mutex_);
  EraseLocked(fingerprint);
  if (bytes > budget_bytes_) return;
  entries_.push_front({std::move(loaded), bytes});
  by_fingerprint_[fingerprint] = entries_.begin();
  used_bytes_ += bytes;
  while (used_bytes_ > budget_bytes_) {
    EraseLocked(std::string(entries_.back().loaded->graph.fingerprint()));
  }
}

void GraphCache::Erase(std::string_view fingerprint) {
  std::lock_guard lock(mutex_);
  EraseLocked(fingerprint);
}

void GraphCache::EraseLocked(std::string_view fingerprint) {
  const auto found = by_fingerprint_.find(fingerprint);
  if (found == by_fingerprint_.end()) return;
  used_bytes_ -= found->second->bytes;
  entries_.erase(found->second);
  by_fingerprint_.erase(found);
}

int64_t GraphCache::used_bytes() const {
  std::lock_guard lock(mutex_);
  return used_bytes_;
}

}  // namespace picost::service
