// Estimates -> wire.
#ifndef PICOST_SERVICE_CONVERT_ESTIMATE_H_
#define PICOST_SERVICE_CONVERT_ESTIMATE_H_

#include <array>

#include "estimator/base/units.h"
#include "estimator/compare.h"
#include "estimator/cost/estimate.h"
#include "proto/picost/v1/compare.pb.h"
#include "proto/picost/v1/estimate.pb.h"
#include "proto/picost/v1/oracle.pb.h"
#include "service/convert/graph.h"

namespace picost::service {

void ToProto(const cost::Provenance& from, v1::Provenance& to);

void ToProto(const LoadedGraph& graph, const cost::Estimate& from, v1::EstimateView view,
             v1::Estimate& to);

// All but the error.
void ToProto(const ComparedCell& from, v1::ComparedCell& to);

// Sets the phases and the storage of an answer alone.
void TotalsToProto(const std::array<cost::PhaseCost, primitives::kPhaseCount>& phases,
                   Bytes client_storage, Bytes server_storage, v1::Estimate& to);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_ESTIMATE_H_
