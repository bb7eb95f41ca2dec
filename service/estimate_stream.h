// One call of StreamEstimate. Ends itself; kept out of the headers that many include.
#ifndef PICOST_SERVICE_ESTIMATE_STREAM_H_
#define PICOST_SERVICE_ESTIMATE_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include "proto/picost/v1/edits.pb.h"
#include "service/call.h"
#include "service/edit_service.h"
#include "service/stream_slots.h"

namespace picost::service {

// All outlive the call. slots: of estimate streams.
grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StartEstimateStream(
    EditService* edits, StreamSlots* slots, const CallRules& rules, const Method& method,
    grpc::CallbackServerContext* context);

}  // namespace picost::service

#endif  // PICOST_SERVICE_ESTIMATE_STREAM_H_
