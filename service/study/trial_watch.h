// The stream of a study's trials.
#ifndef PICOST_SERVICE_STUDY_TRIAL_WATCH_H_
#define PICOST_SERVICE_STUDY_TRIAL_WATCH_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>

#include "proto/picost/v1/studies.pb.h"
#include "service/call.h"
#include "service/study/study_service.h"

namespace picost::service {

// Sends what there is, then looks for new trials a few times a second, without a
// thread of its own. Looks as often whether the caller still may. Ends by itself; what is pointed
// to outlives it. watches: how many there are, of which there is a limit; each of them also counts
// as a call in flight.
grpc::ServerWriteReactor<v1::WatchTrialsResponse>* StartTrialWatch(
    StudyService* service, std::atomic<int>* watches, const CallRules& rules, const Method& method,
    grpc::CallbackServerContext* context, const v1::WatchTrialsRequest& request);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_TRIAL_WATCH_H_
