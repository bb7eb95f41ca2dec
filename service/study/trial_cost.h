// Estimates of edited networks -> what a trial keeps and shows of them.
#ifndef PICOST_SERVICE_STUDY_TRIAL_COST_H_
#define PICOST_SERVICE_STUDY_TRIAL_COST_H_

#include "estimator/cost/estimate.h"
#include "estimator/cost/network_profile.h"
#include "estimator/count/op_counts.h"
#include "estimator/whatif/session.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::service {

// Totals and link terms.
void CostToProto(const whatif::EditTotals& totals, const cost::NetworkProfile& network,
                 v1::Trial& trial);

// Layers by causes and whether the totals are those of `trial`; all but the name.
void LayersToProto(const cost::Estimate& estimate, const count::OpCounts& counts,
                   const v1::Trial& trial, v1::TrialLayers& layers);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_TRIAL_COST_H_
