// Edit sessions kept between calls, so that a search's next batch finds its layers.
#ifndef PICOST_SERVICE_SESSION_CACHE_H_
#define PICOST_SERVICE_SESSION_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "estimator/whatif/session.h"

namespace picost::service {

// Safe from many threads; a session is used by one at a time, which takes it away
// and brings it back. The least recently used ones are dropped.
class SessionCache {
 public:
  // A session on loan; goes back when the lease ends.
  class Lease {
   public:
    Lease(SessionCache* cache, std::string key, std::unique_ptr<whatif::EditSession> session)
        : cache_(cache), key_(std::move(key)), session_(std::move(session)) {}
    Lease(Lease&&) = default;
    ~Lease() {
      if (session_ != nullptr) cache_->Return(std::move(key_), std::move(session_));
    }
    whatif::EditSession* operator->() const { return session_.get(); }
    whatif::EditSession& operator*() const { return *session_; }
    whatif::EditSession* get() const { return session_.get(); }

   private:
    SessionCache* cache_;
    std::string key_;
    std::unique_ptr<whatif::EditSession> session_;
  };

  // Null where there is none.
  std::unique_ptr<whatif::EditSession> Take(const std::string& key);
  void Return(std::string key, std::unique_ptr<whatif::EditSession> session);

 private:
  static constexpr size_t kMost = 8;

  std::mutex mutex_;
  std::list<std::pair<std::string, std::unique_ptr<whatif::EditSession>>> idle_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_SESSION_CACHE_H_
