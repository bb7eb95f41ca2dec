#include "service/upload_stream.h"

#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "service/error_reason.h"
#include "service/model_upload.h"
#include "service/status_convert.h"

namespace picost::service {
namespace {

constexpr std::chrono::milliseconds kRetryDelay{500};

absl::Status Overloaded(std::string what) {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, std::move(what),
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
        context_(context),
        response_(response),
        upload_(services.models, services.models->wire_limits()),
        begin_(std::chrono::steady_clock::now()) {
    services_.metrics->CallBegins();
    const bool has_slot = services_.slots->Take(
        this, [context] { context->TryCancel(); }, begin_);
    if (!has_slot) {
      services_.metrics->RecordRejection("uploads-full");
      End(Overloaded(absl::StrCat("the limit of ", UploadSlots::kMost,
                                  " uploads at the same time is reached")));
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
    const absl::Status status = Guarded([this] { return upload_.Add(request_); });
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
    const bool accepted = services_.queue->TrySubmit([this] {
      if (context_->IsCancelled()) {
        End(absl::CancelledError("the client has gone"));
        return;
      }
      End(Guarded([this] { return upload_.Finish(*response_); }));
    });
    if (accepted) return;
    services_.metrics->RecordRejection("queue-full");
    End(Overloaded("too many calls wait"));
  }

  // Nothing of ours throws, but libraries do: one request must not end the daemon.
  template <typename Handler>
  static absl::Status Guarded(Handler handler) {
    try {
      return handler();
    } catch (const std::bad_alloc&) {
      return MakeError(absl::StatusCode::kResourceExhausted,
                       "the upload needs more memory than there is",
                       {.mend = "Send a smaller network."});
    } catch (const std::exception& error) {
      return MakeError(absl::StatusCode::kInternal,
                       absl::StrCat("a handler failed: ", error.what()), {});
    }
  }

  // The last thing that this object does: OnDone may come before Finish returns.
  void End(const absl::Status& status) {
    const auto elapsed = std::chrono::steady_clock::now() - begin_;
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
    services_.metrics->CallEnds();
    services_.metrics->RecordCall(absl::StrCat(v1::Models::service_full_name(), "/UploadModel"),
                                  absl::StatusCodeToString(status.code()),
                                  std::chrono::duration<double>(elapsed).count());
    if (GetReason(status) == kModelRefused) {
      services_.metrics->RecordRefusedModel(absl::StatusCodeToString(status.code()));
    }
    services_.slots->Free(this);
    context_->AddTrailingMetadata("picost-server-time-us", std::to_string(micros));
    Finish(ToGrpcStatus(status));
  }

  const UploadServices services_;
  grpc::CallbackServerContext* const context_;
  v1::Model* const response_;
  ModelUpload upload_;
  const std::chrono::steady_clock::time_point begin_;
  v1::UploadModelRequest request_;
};

}  // namespace

grpc::ServerReadReactor<v1::UploadModelRequest>* StartUploadStream(
    const UploadServices& services, grpc::CallbackServerContext* context, v1::Model* response) {
  return new UploadStream(services, context, response);
}

}  // namespace picost::service
