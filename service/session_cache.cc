#include "service/session_cache.h"

namespace picost::service {

std::unique_ptr<whatif::EditSession> SessionCache::Take(const std::string& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto it = idle_.begin(); it != idle_.end(); ++it) {
    if (it->first != key) continue;
    std::unique_ptr<whatif::EditSession> session = std::move(it->second);
    idle_.erase(it);
    return session;
  }
  return nullptr;
}

void SessionCache::Return(std::string key, std::unique_ptr<whatif::EditSession> session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.emplace_front(std::move(key), std::move(session));
  if (idle_.size() > kMost) idle_.pop_back();
}

}  // namespace picost::service
