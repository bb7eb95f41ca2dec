// What happens to every call whatever it asks: who calls, whether they may,
// whether there is room; and after it, metrics, metadata and a log line.
//
// One place for unary calls and streams (unary.h, estimate_stream.cc): a method
// cannot be added that misses a rule. Health and reflection are gRPC's own
// services and open to whoever reaches a listener; they tell nothing of users.
#ifndef PICOST_SERVICE_CALL_H_
#define PICOST_SERVICE_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "service/access/access_control.h"
#include "service/log/logger.h"
#include "service/metrics.h"
#include "service/work_queue.h"

namespace google::protobuf {
class ServiceDescriptor;
}

namespace picost::service {

// How many calls there may be at once.
class InFlightLimit {
 public:
  explicit InFlightLimit(int most) : most_(most) {}
  bool TryEnter() {
    if (inside_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    Leave();
    return false;
  }
  void Leave() { inside_.fetch_sub(1, std::memory_order_relaxed); }
  int most() const { return most_; }

 private:
  const int most_;
  std::atomic<int> inside_ = 0;
};

// What all calls share; everything outlives them.
struct CallRules {
  Metrics* metrics;
  WorkQueue* queue;
  AccessControl* access;
  Logger* logger;
  InFlightLimit* in_flight;
};

struct Method {
  std::string name;  // "picost.v1.CostOracle/Estimate"
  config::Role role = config::ROLE_UNSPECIFIED;
  MethodMetrics* metrics = nullptr;
};

// The methods of one service by their short names.
class ServiceMethods {
 public:
  ServiceMethods(const google::protobuf::ServiceDescriptor& service, Metrics& metrics);
  const Method& operator[](std::string_view rpc) const { return methods_.find(rpc)->second; }

 private:
  std::map<std::string, Method, std::less<>> methods_;
};

class Call {
 public:
  // `context` and `method` live until End.
  Call(const CallRules& rules, const Method& method, grpc::CallbackServerContext* context);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The error where the call may not go on; End follows in any case.
  absl::Status Admit();

  // Of a stream that goes on: who calls, and whether they still may. A token that is
  // withdrawn, or a role that is lowered, ends the streams that are open, too; End
  // follows where it is an error. Costs a hash of the token.
  absl::Status CheckAccess();

  // Another question of a stream: it counts against the principal's rate.
  absl::Status MeterQuestion();

  // Runs `task` on the work queue, or says that the queue is full. The task must
  // keep this object alive.
  absl::Status Submit(std::function<void()> task);

  // To finish the call with. Once.
  grpc::Status End(const absl::Status& status);

  bool cancelled() const { return context_->IsCancelled(); }

 private:
  void Log(const absl::Status& status, double seconds, const std::string& request_id,
           std::string_view traceparent);
  std::string_view Header(const char* name) const;

  const CallRules rules_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;
  const std::chrono::steady_clock::time_point begin_;
  std::shared_ptr<const Principal> principal_;
  bool inside_ = false;
};

// Runs a handler. Nothing of ours throws, but libraries do: one request must not
// end the daemon.
absl::Status RunGuarded(const std::function<absl::Status()>& handler);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALL_H_
