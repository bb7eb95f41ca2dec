#include "service/call.h"

#include <google/protobuf/descriptor.h>
#include <grpc/grpc_security_constants.h>

#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/access/method_roles.h"
#include "service/error_reason.h"
#include "service/log/trace_context.h"
#include "service/status_convert.h"
#include "service/utf8.h"

namespace picost::service {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetryDelay{500};

absl::Status Overloaded(std::string what, std::string mend) {
  absl::Status status =
      MakeError(absl::StatusCode::kResourceExhausted, std::move(what), {.mend = std::move(mend)});
  return WithRetryDelay(WithReason(std::move(status), kOverloaded), kRetryDelay);
}

// The daemon's fault, or a call by somebody who must not: worth an operator's look.
bool IsOperatorsMatter(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

}  // namespace

ServiceMethods::ServiceMethods(const google::protobuf::ServiceDescriptor& service,
                               Metrics& metrics) {
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string rpc = service.method(i)->name();
    const std::string name = absl::StrCat(service.full_name(), "/", rpc);
    methods_[rpc] = {.name = name, .role = RequiredRole(name), .metrics = &metrics.ForMethod(name)};
  }
}

Call::Call(const CallRules& rules, const Method& method, grpc::CallbackServerContext* context)
    : rules_(rules), method_(method), context_(context), begin_(Clock::now()) {
  rules_.metrics->CallBegins();
}

Call::~Call() = default;

std::string_view Call::Header(const char* name) const {
  const auto& metadata = context_->client_metadata();
  const auto found = metadata.find(name);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

absl::Status Call::CheckAccess() {
  Credentials shown{.authorization = Header("authorization")};
  const auto auth = context_->auth_context();
  if (auth != nullptr && auth->IsPeerAuthenticated()) {
    for (const char* property : {GRPC_X509_SAN_PROPERTY_NAME, GRPC_X509_CN_PROPERTY_NAME}) {
      if (!shown.certificate_names.empty()) break;
      for (const grpc::string_ref& name : auth->FindPropertyValues(property)) {
        shown.certificate_names.emplace_back(name.data(), name.size());
      }
    }
  }
  auto principal = rules_.access->Identify(shown);
  if (!principal.ok()) {
    rules_.metrics->RecordRejection("unauthenticated");
    return principal.status();
  }
  principal_ = *std::move(principal);
  absl::Status status = AccessControl::Authorize(*principal_, method_.role, method_.name);
  if (!status.ok()) rules_.metrics->RecordRejection("forbidden");
  return status;
}

absl::Status Call::Admit() {
  PICOST_RETURN_IF_ERROR(CheckAccess());
  PICOST_RETURN_IF_ERROR(MeterQuestion());
  inside_ = rules_.in_flight->TryEnter();
  if (inside_) return absl::OkStatus();
  rules_.metrics->RecordRejection("in-flight");
  return Overloaded(absl::StrCat(rules_.in_flight->most(), " calls are being answered already"),
                    "Try again a little later.");
}

absl::Status Call::MeterQuestion() {
  absl::Status status = rules_.access->Meter(*principal_, Clock::now());
  if (!status.ok()) rules_.metrics->RecordRejection("rate");
  return status;
}

absl::Status Call::Submit(std::function<void()> task) {
  if (rules_.queue->TrySubmit(std::move(task))) return absl::OkStatus();
  rules_.metrics->RecordRejection("queue-full");
  return Overloaded("too many calls wait",
                    "Try again a little later, or register models once and ask about them by "
                    "name.");
}

grpc::Status Call::End(const absl::Status& status) {
  const auto elapsed = Clock::now() - begin_;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  if (inside_) rules_.in_flight->Leave();
  inside_ = false;
  rules_.metrics->CallEnds();
  method_.metrics->Record(static_cast<int>(status.code()), seconds);
  if (GetReason(status) == kModelRefused) {
    rules_.metrics->RecordRefusedModel(absl::StatusCodeToString(status.code()),
                                       status.code() == absl::StatusCode::kUnimplemented
                                           ? GetErrorSite(status).op
                                           : std::string());
  }
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  context_->AddTrailingMetadata("picost-server-time-us", std::to_string(micros));
  const std::string request_id = RequestIdOf(Header("x-request-id"));
  context_->AddTrailingMetadata("picost-request-id", request_id);
  const std::string_view parent = Header("traceparent");
  if (!parent.empty() || rules_.logger->logs_all_calls() || IsOperatorsMatter(status.code())) {
    Log(status, seconds, request_id, parent);
  }
  return ToGrpcStatus(status);
}

void Call::Log(const absl::Status& status, double seconds, const std::string& request_id,
               std::string_view traceparent) {
  const TraceContext trace = BeginSpan(traceparent);
  if (!traceparent.empty()) context_->AddTrailingMetadata("traceparent", trace.ToTraceparent());
  if (!rules_.logger->logs_all_calls() && !IsOperatorsMatter(status.code())) return;
  log::Record record;
  record.set_message("call");
  record.set_method(method_.name);
  record.set_code(absl::StatusCodeToString(status.code()));
  record.set_duration_seconds(seconds);
  record.set_request_id(request_id);
  record.set_trace_id(trace.trace_id);
  record.set_span_id(trace.span_id);
  record.set_parent_span_id(trace.parent_span_id);
  if (principal_ != nullptr) record.set_principal(principal_->name);
  record.set_peer(context_->peer());
  if (!status.ok()) {
    record.set_error(ToUtf8({status.message().data(), status.message().size()}));
  }
  const bool refused = status.code() == absl::StatusCode::kUnauthenticated ||
                       status.code() == absl::StatusCode::kPermissionDenied;
  if (refused) {
    rules_.logger->LimitedWarning(std::move(record));
  } else if (IsOperatorsMatter(status.code())) {
    rules_.logger->Error(std::move(record));
  } else {
    rules_.logger->Info(std::move(record));
  }
}

absl::Status RunGuarded(const std::function<absl::Status()>& handler) {
  try {
    return handler();
  } catch (const std::bad_alloc&) {
    return MakeError(absl::StatusCode::kResourceExhausted,
                     "the request needs more memory than there is",
                     {.mend = "Send a smaller network."});
  } catch (const std::exception& error) {
    return MakeError(absl::StatusCode::kInternal, absl::StrCat("a handler failed: ", error.what()),
                     {});
  }
}

}  // namespace picost::service
