#include "service/convert/enums.h"

namespace picost::service {

// No default branches: a new value does not compile without a warning until it
// is given a name on the wire.

v1::Phase ToProto(primitives::Phase phase) {
  switch (phase) {
    case primitives::Phase::kSetup:
      return v1::PHASE_SETUP;
    case primitives::Phase::kOffline:
      return v1::PHASE_OFFLINE;
    case primitives::Phase::kOnline:
      return v1::PHASE_ONLINE;
  }
  return v1::PHASE_UNSPECIFIED;
}

v1::Executor ToProto(primitives::Executor executor) {
  switch (executor) {
    case primitives::Executor::kClient:
      return v1::EXECUTOR_CLIENT;
    case primitives::Executor::kServer:
      return v1::EXECUTOR_SERVER;
    case primitives::Executor::kJoint:
      return v1::EXECUTOR_JOINT;
  }
  return v1::EXECUTOR_UNSPECIFIED;
}

v1::FormStatus ToProto(primitives::FormStatus status) {
  switch (status) {
    case primitives::FormStatus::kVerified:
      return v1::FORM_STATUS_VERIFIED;
    case primitives::FormStatus::kEmpirical:
      return v1::FORM_STATUS_EMPIRICAL;
    case primitives::FormStatus::kDerived:
      return v1::FORM_STATUS_DERIVED;
  }
  return v1::FORM_STATUS_UNSPECIFIED;
}

v1::PrimitiveFamily ToProto(primitives::Family family) {
  switch (family) {
    case primitives::Family::kGarbling:
      return v1::PRIMITIVE_FAMILY_GARBLING;
    case primitives::Family::kObliviousTransfer:
      return v1::PRIMITIVE_FAMILY_OBLIVIOUS_TRANSFER;
    case primitives::Family::kHomomorphic:
      return v1::PRIMITIVE_FAMILY_HOMOMORPHIC;
    case primitives::Family::kSecretSharing:
      return v1::PRIMITIVE_FAMILY_SECRET_SHARING;
    case primitives::Family::kPlaintext:
      return v1::PRIMITIVE_FAMILY_PLAINTEXT;
    case primitives::Family::kWholeProtocol:
      return v1::PRIMITIVE_FAMILY_WHOLE_PROTOCOL;
  }
  return v1::PRIMITIVE_FAMILY_UNSPECIFIED;
}

v1::TableOrigin ToProto(cost::Origin origin) {
  switch (origin) {
    case cost::Origin::kMeasured:
      return v1::TABLE_ORIGIN_MEASURED;
    case cost::Origin::kPublished:
      return v1::TABLE_ORIGIN_PUBLISHED;
    case cost::Origin::kSynthetic:
      return v1::TABLE_ORIGIN_SYNTHETIC;
  }
  return v1::TABLE_ORIGIN_UNSPECIFIED;
}

primitives::Executor FromProto(v1::Executor executor) {
  switch (executor) {
    case v1::EXECUTOR_CLIENT:
      return primitives::Executor::kClient;
    case v1::EXECUTOR_SERVER:
      return primitives::Executor::kServer;
    default:
      return primitives::Executor::kJoint;
  }
}

primitives::Family FromProto(v1::PrimitiveFamily family) {
  switch (family) {
    case v1::PRIMITIVE_FAMILY_GARBLING:
      return primitives::Family::kGarbling;
    case v1::PRIMITIVE_FAMILY_OBLIVIOUS_TRANSFER:
      return primitives::Family::kObliviousTransfer;
    case v1::PRIMITIVE_FAMILY_HOMOMORPHIC:
      return primitives::Family::kHomomorphic;
    case v1::PRIMITIVE_FAMILY_SECRET_SHARING:
      return primitives::Family::kSecretSharing;
    case v1::PRIMITIVE_FAMILY_PLAINTEXT:
      return primitives::Family::kPlaintext;
    default:
      return primitives::Family::kWholeProtocol;
  }
}

graph::UnknownOperatorPolicy FromProto(v1::UnknownOperatorPolicy policy) {
  switch (policy) {
    case v1::UNKNOWN_OPERATOR_POLICY_UPPER_BOUND:
      return graph::UnknownOperatorPolicy::kUpperBound;
    case v1::UNKNOWN_OPERATOR_POLICY_ZERO:
      return graph::UnknownOperatorPolicy::kZero;
    default:
      return graph::UnknownOperatorPolicy::kError;
  }
}

v1::ReluConvention ToProto(count::ReluConvention convention) {
  switch (convention) {
    case count::ReluConvention::kAsWritten:
      return v1::RELU_CONVENTION_AS_WRITTEN;
    case count::ReluConvention::kWithoutStem:
      return v1::RELU_CONVENTION_WITHOUT_STEM;
    case count::ReluConvention::kWithoutLast:
      return v1::RELU_CONVENTION_WITHOUT_LAST;
    case count::ReluConvention::kAfterMaxPool:
      return v1::RELU_CONVENTION_AFTER_MAX_POOL;
  }
  return v1::RELU_CONVENTION_UNSPECIFIED;
}

count::ReluConvention FromProto(v1::ReluConvention convention) {
  switch (convention) {
    case v1::RELU_CONVENTION_WITHOUT_STEM:
      return count::ReluConvention::kWithoutStem;
    case v1::RELU_CONVENTION_WITHOUT_LAST:
      return count::ReluConvention::kWithoutLast;
    case v1::RELU_CONVENTION_AFTER_MAX_POOL:
      return count::ReluConvention::kAfterMaxPool;
    default:
      return count::ReluConvention::kAsWritten;
  }
}

}  // namespace picost::service
