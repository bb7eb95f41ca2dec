#include "service/upload_stream.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/error_reason.h"
#include "service/model_upload.h"

namespace picost::service {
namespace {

constexpr std::chrono::milliseconds kRetryDelay{500};

absl::Status UploadsFull() {
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("the limit of ", UploadSlots::kMost, " uploads at the same time is reached"),
      {.mend = "Try again a little later."});
  return WithRetryDelay(WithReason(std::move(status), kOverloaded), kRetryDelay);
}

// Reads chunk after chunk: they are small work. The import at the end, which is
// not, runs on the work queue.
class UploadStream : public grpc::ServerReadReactor<v1::UploadModelRequest> {
 public:
  UploadStream(const UploadServices& services, grpc::CallbackServerContext* context,
               v1::Model* response)
      : services_(services),
        response_(response),
        upload_(services.models, services.models->wire_limits()),
        call_(services.rules, *services.method, context) {
    if (const absl::Status status = call_.Admit(); !status.ok()) {
      End(status);
      return;
    }
    const bool has_slot = services_.slots->Take(
        this, [context] { context->TryCancel(); }, std::chrono::steady_clock::now());
    if (!has_slot) {
      services_.rules.metrics->RecordRejection("uploads-full");
      End(UploadsFull());
      return;
    }
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      EndOfStream();
      return;
    }
    services_.slots->Touch(this, std::chrono::steady_clock::now());
    const absl::Status status = RunGuarded([this] { return upload_.Add(request_); });
    if (!status.ok()) {
      End(status);
      return;
    }
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  // The client has sent everything, or has gone.
  void EndOfStream() {
    // Complete: what is left to do is the server's, so its place is never an idle one.
    services_.slots->Touch(this, UploadSlots::Time::max());
    const absl::Status submitted = call_.Submit([this] {
      End(call_.cancelled() ? absl::CancelledError("the client has gone")
                            : RunGuarded([this] { return upload_.Finish(*response_); }));
    });
    if (!submitted.ok()) End(submitted);
  }

  // The last thing that this object does: OnDone may come before Finish returns.
  void End(const absl::Status& status) {
    services_.slots->Free(this);
    Finish(call_.End(status));
  }

  const UploadServices services_;
  v1::Model* const response_;
  ModelUpload upload_;
  Call call_;
  v1::UploadModelRequest request_;
};

}  // namespace

grpc::ServerReadReactor<v1::UploadModelRequest>* StartUploadStream(
    const UploadServices& services, grpc::CallbackServerContext* context, v1::Model* response) {
  return new UploadStream(services, context, response);
}

}  // namespace picost::service
