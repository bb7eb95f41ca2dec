// Primitive calls, traffic and what the parties keep -> wire.
#ifndef PICOST_SERVICE_CONVERT_CALLS_H_
#define PICOST_SERVICE_CONVERT_CALLS_H_

#include "estimator/primitives/primitive.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/picost/v1/common.pb.h"
#include "proto/picost/v1/estimate.pb.h"

namespace picost::service {

void ToProto(const primitives::Traffic& from, v1::Traffic& to);
// Parameters are ordered by name already.
void ToProto(const primitives::Parameters& from,
             google::protobuf::RepeatedPtrField<v1::NamedInteger>& to);
// Without seconds.
void ToProto(const primitives::PrimitiveCall& from, v1::CallCost& to);
void ToProto(const primitives::Operations& from, v1::CryptoOperations& to);
void ToProto(const primitives::MemoryItem& from, v1::MemoryItem& to);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_CALLS_H_
