#include "service/estimate_stream.h"

#include <exception>

namespace picost::service {
namespace {

// Reads a question, answers it, and reads the next one when the answer is on its
// way: a client that does not read its answers is not read from either.
class EstimateStream
    : public grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse> {
 public:
  explicit EstimateStream(EditService* edits) : edits_(edits) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    response_.Clear();
    try {
      edits_->StreamedEstimate(request_, response_);
    } catch (const std::exception& error) {
      Finish(grpc::Status(grpc::StatusCode::INTERNAL, error.what()));
      return;
    }
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::CANCELLED);
      return;
    }
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  EditService* const edits_;
  v1::StreamEstimateRequest request_;
  v1::StreamEstimateResponse response_;
};

}  // namespace

grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StartEstimateStream(
    EditService* edits) {
  return new EstimateStream(edits);
}

}  // namespace picost::service
