// Graphs of registered models, so that asking again does not import again.
//
// Least recently used ones go when the budget is passed. Safe from many threads.
#ifndef PICOST_SERVICE_GRAPH_CACHE_H_
#define PICOST_SERVICE_GRAPH_CACHE_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "service/convert/graph.h"

namespace picost::service {

// Bytes of memory that a graph takes, roughly and never far too low.
int64_t ApproximateBytes(const LoadedGraph& loaded);

class GraphCache {
 public:
  explicit GraphCache(int64_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // Null where it is not there.
  std::shared_ptr<const LoadedGraph> Find(std::string_view fingerprint);
  // A graph above the budget is not kept at all.
  void Insert(std::shared_ptr<const LoadedGraph> loaded);
  void Erase(std::string_view fingerprint);

  int64_t used_bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const LoadedGraph> loaded;
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // most recently used first

  void EraseLocked(std::string_view fingerprint);

  mutable std::mutex mutex_;
  const int64_t budget_bytes_;
  int64_t used_bytes_ = 0;
  Entries entries_;
  std::map<std::string, Entries::iterator, std::less<>> by_fingerprint_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_GRAPH_CACHE_H_
