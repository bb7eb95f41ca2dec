#include "service/upload_stream.h"

#include <chrono>

#include "estimator/base/status_macros.h"
#include "service/model_upload.h"

namespace picost::service {
namespace {

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
      End(services_.slots->Full("uploads"));
      return;
    }
    // Tells the client that it has its place: two uploads that begin together may be
    // admitted in either order, and only the server knows which of them was late.
    StartSendInitialMetadata();
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      EndOfStream();
      return;
    }
    services_.slots->Touch(this, std::chrono::steady_clock::now());
    absl::Status status = call_.CheckAccess();
    if (status.ok()) status = RunGuarded([this] { return upload_.Add(request_); });
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
    services_.slots->Touch(this, StreamSlots::Time::max());
    const absl::Status submitted = call_.Submit([this] {
      End(call_.cancelled() ? absl::CancelledError("the client has gone")
                            : RunGuarded([this] { return Complete(); }));
    });
    if (!submitted.ok()) End(submitted);
  }

  absl::Status Complete() {
    PICOST_RETURN_IF_ERROR(call_.CheckAccess());
    return upload_.Finish(*response_);
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
