#include "service/config/loopback.h"

#include <gtest/gtest.h>

namespace picost::service {
namespace {

TEST(LoopbackTest, TakesAddressesAndNoNames) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "127.255.255.254"}) {
    EXPECT_TRUE(IsLoopbackIp(host)) << host;
  }
  for (const char* host : {"127.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "127.",
                           "127.0.0.1:80", "", "localhost", "::1"}) {
    EXPECT_FALSE(IsLoopbackIp(host)) << host;
  }
}

}  // namespace
}  // namespace picost::service
