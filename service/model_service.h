// The service Models without its transport.
#ifndef PICOST_SERVICE_MODEL_SERVICE_H_
#define PICOST_SERVICE_MODEL_SERVICE_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "estimator/graph/onnx_wire.h"
#include "proto/picost/v1/models.pb.h"
#include "service/graph_loader.h"
#include "service/store/model_store.h"

namespace picost::service {

class ModelService {
 public:
  // store and loader outlive the service. now: microseconds since the Unix epoch.
  ModelService(ModelStore* store, GraphLoader* loader, std::function<int64_t()> now)
      : store_(store), loader_(loader), now_(std::move(now)) {}

  absl::Status CreateModel(const v1::CreateModelRequest& request, v1::Model& response);
  graph::WireLimits wire_limits() const { return loader_->wire_limits(); }
  absl::Status GetModel(const v1::GetModelRequest& request, v1::Model& response);
  absl::Status ListModels(const v1::ListModelsRequest& request, v1::ListModelsResponse& response);
  absl::Status DeleteModel(const v1::DeleteModelRequest& request);
  absl::Status ListLayers(const v1::ListLayersRequest& request, v1::ListLayersResponse& response);

 private:
  ModelStore* const store_;
  GraphLoader* const loader_;
  const std::function<int64_t()> now_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_MODEL_SERVICE_H_
