// An implementation of a store, as a parameter of a suite of laws.
#ifndef PICOST_SERVICE_STORE_STORE_KIND_H_
#define PICOST_SERVICE_STORE_STORE_KIND_H_

#include <functional>
#include <string>

#include "gtest/gtest.h"

namespace picost::service {

struct StoreKind {
  std::string name;
  std::function<std::string()> fresh_address;  // of a store that is empty
  bool durable = false;                        // survives reopening
};

inline std::string NameOf(const ::testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_STORE_KIND_H_
