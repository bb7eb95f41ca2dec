// Enumerations of the estimator and of the wire, both ways.
#ifndef PICOST_SERVICE_CONVERT_ENUMS_H_
#define PICOST_SERVICE_CONVERT_ENUMS_H_

#include "estimator/cost/calibration_table.h"
#include "estimator/count/conventions.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/primitives/primitive.h"
#include "proto/picost/v1/common.pb.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::service {

v1::Phase ToProto(primitives::Phase phase);
v1::Executor ToProto(primitives::Executor executor);
v1::FormStatus ToProto(primitives::FormStatus status);
v1::PrimitiveFamily ToProto(primitives::Family family);
v1::TableOrigin ToProto(cost::Origin origin);
v1::ReluConvention ToProto(count::ReluConvention convention);

// Of validated requests: UNSPECIFIED does not occur.
primitives::Family FromProto(v1::PrimitiveFamily family);
primitives::Executor FromProto(v1::Executor executor);
graph::UnknownOperatorPolicy FromProto(v1::UnknownOperatorPolicy policy);
count::ReluConvention FromProto(v1::ReluConvention convention);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_ENUMS_H_
