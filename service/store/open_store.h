// "memory", "sqlite:PATH" or "postgresql://..." -> a store.
#ifndef PICOST_SERVICE_STORE_OPEN_STORE_H_
#define PICOST_SERVICE_STORE_OPEN_STORE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/store/model_store.h"

namespace picost::service {

// The form of the address alone; nothing is opened. kInvalidArgument, listing the
// forms, where it has none of them.
absl::Status CheckStoreAddress(const std::string& address);

absl::StatusOr<std::unique_ptr<ModelStore>> OpenStore(const std::string& address);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_OPEN_STORE_H_
