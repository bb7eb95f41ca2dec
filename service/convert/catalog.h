// Entries of the catalogue -> wire.
#ifndef PICOST_SERVICE_CONVERT_CATALOG_H_
#define PICOST_SERVICE_CONVERT_CATALOG_H_

#include "estimator/cost/data_directory.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "proto/picost/v1/catalog.pb.h"

namespace picost::service {

// With the tables that cover each of its primitives.
void ToProto(const protocols::ProtocolInfo& from, const cost::DataDirectory& data,
             v1::Protocol& to);
void ToProto(const primitives::PrimitiveSpec& from, v1::Primitive& to);
// With the aliases that point at it.
void ToProto(const cost::NamedTable& from, const cost::DataDirectory& data,
             v1::CalibrationTableSummary& to);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_CATALOG_H_
