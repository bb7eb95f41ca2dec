#include "service/estimate_stream.h"

#include <chrono>

#include "service/graph_loader.h"
#include "service/status_convert.h"

namespace picost::service {
namespace {

using Clock = std::chrono::steady_clock;

// Reads a question, answers it, and reads the next one when the answer is on its
// way: a client that does not read its answers is not read from either.
//
// Each question counts against the caller's rate, and runs on the work queue
// where it brings a network; what is wrong with it is in its answer, so that one
// question too many does not end the others' stream. A caller who may not ask any more
// ends it.
class EstimateStream
    : public grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse> {
 public:
  EstimateStream(EditService* edits, StreamSlots* slots, const CallRules& rules,
                 const Method& method, grpc::CallbackServerContext* context)
      : edits_(edits), slots_(slots), metrics_(rules.metrics), call_(rules, method, context) {
    if (const absl::Status status = call_.Admit(); !status.ok()) {
      End(status);
      return;
    }
    if (!slots_->Take(
            this, [context] { context->TryCancel(); }, Clock::now())) {
      metrics_->RecordRejection("streams-full");
      End(slots_->Full("streams of estimates"));
      return;
    }
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      End(absl::OkStatus());
      return;
    }
    slots_->Touch(this, Clock::time_point::max());
    response_.Clear();
    absl::Status status;
    if (!first_) {  // Admit has looked at the first
      if (const absl::Status access = call_.CheckAccess(); !access.ok()) {
        End(access);
        return;
      }
      status = call_.MeterQuestion();
    }
    first_ = false;
    const bool heavy =
        NeedsReading(request_.request().graph()) || request_.request().rewrites_size() > 0;
    if (status.ok() && heavy) {
      status = call_.Submit([this] { Answer(); });
      if (status.ok()) return;
    }
    if (status.ok()) {
      Answer();
    } else {
      response_.set_correlation_id(request_.correlation_id());
      *response_.mutable_result()->mutable_error() = ToRpcStatus(status);
      Send();
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      End(absl::CancelledError("the caller went away"));
      return;
    }
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  void Answer() {
    const absl::Status status = RunGuarded([this] {
      edits_->StreamedEstimate(request_, response_);
      return absl::OkStatus();
    });
    if (!status.ok()) *response_.mutable_result()->mutable_error() = ToRpcStatus(status);
    Send();
  }

  void Send() {
    const auto& result = response_.result();
    metrics_->RecordStreamQuestion(result.has_error() ? result.error().code() : 0);
    // A client that does not read its answers is as idle as one that does not ask.
    slots_->Touch(this, Clock::now());
    StartWrite(&response_);
  }

  // The last thing that this object does: OnDone may come before Finish returns.
  void End(const absl::Status& status) {
    slots_->Free(this);
    Finish(call_.End(status));
  }

  EditService* const edits_;
  StreamSlots* const slots_;
  Metrics* const metrics_;
  Call call_;
  bool first_ = true;
  v1::StreamEstimateRequest request_;
  v1::StreamEstimateResponse response_;
};

}  // namespace

grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StartEstimateStream(
    EditService* edits, StreamSlots* slots, const CallRules& rules, const Method& method,
    grpc::CallbackServerContext* context) {
  return new EstimateStream(edits, slots, rules, method, context);
}

}  // namespace picost::service
