#include "estimator/primitives/primitive.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {

Parameters::Parameters(std::initializer_list<Entry> values) : values_(values) {
  std::stable_sort(values_.begin(), values_.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  const auto same = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  values_.erase(std::unique(values_.begin(), values_.end(), same), values_.end());
}

void Parameters::Set(std::string_view name, int64_t value) {
  const auto at =
      std::lower_bound(values_.begin(), values_.end(), name,
                       [](const Entry& entry, std::string_view n) { return entry.first < n; });
  if (at != values_.end() && at->first == name) {
    at->second = value;
  } else {
    values_.emplace(at, name, value);
  }
}

int64_t Parameters::Get(std::string_view name) const {
  const Entry* const found = Find(name);
  if (found == nullptr) {
    std::fprintf(stderr, "picost: parameter '%.*s' was read but never set\n",
                 static_cast<int>(name.size()), name.data());
    std::abort();
  }
  return found->second;
}

int64_t Parameters::GetOr(std::string_view name, int64_t fallback) const {
  const Entry* const found = Find(name);
  return found == nullptr ? fallback : found->second;
}

std::string Parameters::DebugString() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    absl::StrAppend(&text, text.empty() ? "" : ";", name, "=", value);
  }
  return text;
}

void SplitOverThreads(PrimitiveSpec& spec) {
  spec.splits_over_threads = true;
  spec.parameters.push_back({.name = kThreads,
                             .meaning = "threads of each party, one connection each; 1 where it "
                                        "is left away",
                             .minimum = 1,
                             .maximum = 256,
                             .optional = true});
}

Operations OperationsOf(const PrimitiveCall& call) {
  Operations operations;
  for (size_t i = 0; i < call.usage.size(); ++i) {
    const UsageSpec& item = call.spec->usage[i];
    const int64_t amount = Product({call.usage[i], item.each});
    switch (item.counted) {
      case Operation::kNone:
        break;
      case Operation::kCiphertextProduct:
        operations.ciphertext_products += amount;
        break;
      case Operation::kKeySwitch:
        operations.key_switches += amount;
        break;
      case Operation::kObliviousTransfer:
        operations.oblivious_transfers += amount;
        break;
      case Operation::kGarbledGate:
        operations.garbled_gates += amount;
        break;
    }
  }
  for (const PoolUse& use : call.pools) {
    if (use.pool != kDivisionPool) operations.oblivious_transfers += use.amount;
  }
  return operations;
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
