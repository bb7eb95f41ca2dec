#include "service/study/trial_watch.h"

#include <grpcpp/alarm.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/error_reason.h"
#include "service/study/study_names.h"
#include "service/study/validate_study.h"

namespace picost::service {
namespace {

constexpr std::chrono::milliseconds kInterval{250};
constexpr int kMostWatches = 64;

class TrialWatch : public grpc::ServerWriteReactor<v1::WatchTrialsResponse> {
 public:
  TrialWatch(StudyService* service, std::atomic<int>* watches, const CallRules& rules,
             const Method& method, grpc::CallbackServerContext* context,
             const v1::WatchTrialsRequest& request)
      : service_(service),
        watches_(watches),
        call_(rules, method, context),
        cursor_{.study_id = "", .after = request.after_number()} {
    const bool too_many = ++*watches_ > kMostWatches;
    absl::Status status = call_.Admit();
    if (status.ok()) status = ValidateAfterNumber(request.after_number());
    const auto id = ParseStudyName(request.parent(), "parent");
    if (status.ok()) status = id.status();
    if (status.ok() && too_many) {
      status = WithReason(
          MakeError(absl::StatusCode::kResourceExhausted,
                    absl::StrCat("more than ", kMostWatches, " studies are being watched"),
                    {.mend = "End another WatchTrials, or ask ListTrials now and then."}),
          kOverloaded);
    }
    if (!status.ok()) {
      Finish(call_.End(status));
      return;
    }
    cursor_.study_id = *id;
    Next();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(call_.End(absl::CancelledError("the caller went away")));
    }
  }

  // The wait is over at once; a write that is under way fails by itself.
  void OnCancel() override {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (waiting_) alarm_.Cancel();
  }

  void OnDone() override {
    --*watches_;
    delete this;
  }

 private:
  void Next() {
    response_.Clear();
    absl::Status status = call_.CheckAccess();
    if (status.ok()) {
      status = RunGuarded([this] { return service_->NextTrials(cursor_, response_); });
    }
    if (!status.ok()) {
      Finish(call_.End(status));
    } else if (!response_.trials().empty()) {
      StartWrite(&response_);
    } else if (!Wait()) {
      Finish(call_.End(absl::CancelledError("the caller went away")));
    }
  }

  // False where the call has been cancelled.
  bool Wait() {
    std::lock_guard lock(mutex_);
    if (cancelled_) return false;
    waiting_ = true;
    alarm_.Set(std::chrono::system_clock::now() + kInterval, [this](bool) {
      if (WaitEnds()) {
        Next();
      } else {
        Finish(call_.End(absl::CancelledError("the caller went away")));
      }
    });
    return true;
  }

  // False where the call has been cancelled.
  bool WaitEnds() {
    std::lock_guard lock(mutex_);
    waiting_ = false;
    return !cancelled_;
  }

  StudyService* const service_;
  std::atomic<int>* const watches_;
  Call call_;
  StudyService::TrialCursor cursor_;
  v1::WatchTrialsResponse response_;
  std::mutex mutex_;
  bool cancelled_ = false;
  bool waiting_ = false;
  grpc::Alarm alarm_;
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchTrialsResponse>* StartTrialWatch(
    StudyService* service, std::atomic<int>* watches, const CallRules& rules, const Method& method,
    grpc::CallbackServerContext* context, const v1::WatchTrialsRequest& request) {
  return new TrialWatch(service, watches, rules, method, context, request);
}

}  // namespace picost::service
