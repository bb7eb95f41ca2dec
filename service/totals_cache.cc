#include "service/totals_cache.h"

#include <algorithm>
#include <utility>

#include "service/convert/estimate.h"

namespace picost::service {
namespace {

constexpr size_t kAskedQuestions = 1024;

}  // namespace

bool TotalsCache::Answer(const std::string& key, v1::Estimate& response) {
  std::list<Entry> taken;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.begin(), idle_.end(),
                                    [&key](const Entry& entry) { return entry.key == key; });
    if (found == idle_.end()) return false;
    taken.splice(taken.begin(), idle_, found);
  }
  TotalsSession& totals = taken.front().totals;
  const auto sums = totals.session->Evaluate(std::vector<whatif::EditOperation>{});
  if (!sums.ok()) return false;  // the whole path says why
  response = totals.frame;
  TotalsToProto(sums->phases, sums->client_storage, sums->server_storage, response);
  const std::lock_guard lock(mutex_);
  idle_.splice(idle_.begin(), taken);
  return true;
}

bool TotalsCache::AskedBefore(const std::string& key) {
  const size_t hash = std::hash<std::string>{}(key);
  const std::lock_guard lock(mutex_);
  if (std::find(asked_.begin(), asked_.end(), hash) != asked_.end()) return true;
  if (asked_.size() < kAskedQuestions) {
    asked_.push_back(hash);
  } else {
    asked_[next_asked_++ % kAskedQuestions] = hash;
  }
  return false;
}

void TotalsCache::Remember(const std::string& key, TotalsSession session) {
  const std::lock_guard lock(mutex_);
  idle_.push_front({key, std::move(session)});
  if (idle_.size() > most_) idle_.pop_back();
}

}  // namespace picost::service
