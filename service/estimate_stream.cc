#include "service/estimate_stream.h"

#include "service/status_convert.h"

namespace picost::service {
namespace {

// Reads a question, answers it, and reads the next one when the answer is on its
// way: a client that does not read its answers is not read from either.
//
// Each question counts against the caller's rate, and runs on the work queue
// where it brings a network; what is wrong with it is in its answer, so that one
// question too many does not end the others' stream.
class EstimateStream
    : public grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse> {
 public:
  EstimateStream(EditService* edits, const CallRules& rules, const Method& method,
                 grpc::CallbackServerContext* context)
      : edits_(edits), metrics_(rules.metrics), call_(rules, method, context) {
    const absl::Status status = call_.Admit();
    if (status.ok()) {
      StartRead(&request_);
    } else {
      Finish(call_.End(status));
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(call_.End(absl::OkStatus()));
      return;
    }
    response_.Clear();
    // Admit has counted the first.
    absl::Status status = first_ ? absl::OkStatus() : call_.MeterQuestion();
    first_ = false;
    const bool heavy = request_.request().graph().source_case() != v1::GraphSource::kModel ||
                       request_.request().rewrites_size() > 0;
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
      Finish(call_.End(absl::CancelledError("the caller went away")));
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
    StartWrite(&response_);
  }

  EditService* const edits_;
  Metrics* const metrics_;
  Call call_;
  bool first_ = true;
  v1::StreamEstimateRequest request_;
  v1::StreamEstimateResponse response_;
};

}  // namespace

grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StartEstimateStream(
    EditService* edits, const CallRules& rules, const Method& method,
    grpc::CallbackServerContext* context) {
  return new EstimateStream(edits, rules, method, context);
}

}  // namespace picost::service
