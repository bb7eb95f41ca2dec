// One call of UploadModel over gRPC. Ends itself; kept out of the headers that
// many include.
#ifndef PICOST_SERVICE_UPLOAD_STREAM_H_
#define PICOST_SERVICE_UPLOAD_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include "proto/picost/v1/models.pb.h"
#include "service/call.h"
#include "service/model_service.h"
#include "service/stream_slots.h"

namespace picost::service {

struct UploadServices {
  ModelService* models;
  CallRules rules;
  const Method* method;
  StreamSlots* slots;
};

// What `services` points at outlives the call; `response` lives until it ends.
grpc::ServerReadReactor<v1::UploadModelRequest>* StartUploadStream(
    const UploadServices& services, grpc::CallbackServerContext* context, v1::Model* response);

}  // namespace picost::service

#endif  // PICOST_SERVICE_UPLOAD_STREAM_H_
