// Totals of registered models asked for again and again: sessions that keep the
// layers, so that a question adds them up instead of planning them anew.
//
// What is kept is layers and what does not depend on sums (provenance, coverage);
// phases and storage are summed for every question by whatif::EditSession, which
// equals EstimateModel bit for bit (totals_cache_test, tests/properties).
#ifndef PICOST_SERVICE_TOTALS_CACHE_H_
#define PICOST_SERVICE_TOTALS_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "estimator/whatif/session.h"
#include "proto/picost/v1/estimate.pb.h"

namespace picost::service {

// A session and the answer around its totals.
struct TotalsSession {
  std::unique_ptr<whatif::EditSession> session;
  v1::Estimate frame;
};

// Safe from many threads: a session is taken away while it is used.
class TotalsCache {
 public:
  // most: sessions that are kept; the least recently used ones are dropped.
  explicit TotalsCache(size_t most) : most_(most) {}

  // Fills in the answer of a question that was remembered; false where none was, or
  // where all its sessions are in use. key: everything that the answer depends on.
  bool Answer(const std::string& key, v1::Estimate& response);

  // Whether the question has been asked before, so that remembering it pays. Notes
  // that it has been asked now.
  bool AskedBefore(const std::string& key);

  void Remember(const std::string& key, TotalsSession session);

 private:
  struct Entry {
    std::string key;
    TotalsSession totals;
  };

  const size_t most_;
  std::mutex mutex_;
  std::list<Entry> idle_;      // most recently used first
  std::vector<size_t> asked_;  // hashes of questions, a ring
  size_t next_asked_ = 0;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_TOTALS_CACHE_H_
