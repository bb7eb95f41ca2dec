#include "estimator/primitives/primitive.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace picost::primitives {
int64_t Parameters::Get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    std::fprintf(stderr, "picost: parameter '%.*s' was read but never set\n",
                 static_cast<int>(name.size()), name.data());
    std::abort();
  }
  return found->second;
}

int64_t Parameters::GetOr(std::string_view name, int64_t fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : found->second;
}

std::string Parameters::DebugString() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    absl::StrAppend(&text, text.empty() ? "" : ";", name, "=", value);
  }
  return text;
}

std::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kSetup:
      return "setup";
    case Phase::kOffline:
      return "offline";
    case Phase::kOnline:
      return "online";
  }
  return "?";
}

std::string_view ExecutorName(Executor executor) {
  switch (executor) {
    case Executor::kClient:
      return "client";
    case Executor::kServer:
      return "server";
    case Executor::kJoint:
      return "joint";
  }
  return "?";
}

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kGarbling:
      return "garbling";
    case Family::kObliviousTransfer:
      return "oblivious-transfer";
    case Family::kHomomorphic:
      return "homomorphic";
    case Family::kSecretSharing:
      return "secret-sharing";
    case Family::kPlaintext:
      return "plaintext";
    case Family::kWholeProtocol:
      return "whole-protocol";
  }
  return "?";
}

std::string_view FormStatusName(FormStatus status) {
  switch (status) {
    case FormStatus::kVerified:
      return "verified";
    case FormStatus::kEmpirical:
      return "empirical";
    case FormStatus::kDerived:
      return "derived";
  }
  return "?";
}

}  // namespace picost::primitives
