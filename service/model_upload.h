// One call of UploadModel without its transport: a header, chunks, a model.
#ifndef PICOST_SERVICE_MODEL_UPLOAD_H_
#define PICOST_SERVICE_MODEL_UPLOAD_H_

#include "absl/status/status.h"
#include "estimator/graph/onnx_stream.h"
#include "proto/picost/v1/models.pb.h"
#include "service/model_service.h"

namespace picost::service {

class ModelUpload {
 public:
  // models outlives the upload.
  ModelUpload(ModelService* models, const graph::WireLimits& limits)
      : models_(models), stream_(limits) {}

  // Of the next message. kInvalidArgument: the header does not come first, comes
  // twice, or the file is larger than it says.
  absl::Status Add(const v1::UploadModelRequest& request);

  // After the last message: what CreateModel answers for the same file.
  absl::Status Finish(v1::Model& response);

 private:
  ModelService* const models_;
  bool has_header_ = false;
  v1::UploadModelHeader header_;
  graph::ModelStream stream_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_MODEL_UPLOAD_H_
