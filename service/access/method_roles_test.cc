// Every method that a client can call has its row.
#include "service/access/method_roles.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "service/frontend.h"

namespace picost::service {
namespace {

// Of every service that the frontend registers.
std::set<std::string> AllMethods() {
  std::set<std::string> methods;
  for (const std::string& name : Frontend::service_names()) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      ADD_FAILURE() << name << " is no service";
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      methods.insert(name + "/" + service->method(i)->name());
    }
  }
  return methods;
}

TEST(MethodRolesTest, EveryMethodHasARow) {
  std::set<std::string> rows;
  for (const MethodRole& row : MethodRoles()) {
    EXPECT_TRUE(rows.insert(std::string(row.method)).second) << row.method << " is there twice";
    EXPECT_NE(row.role, config::ROLE_UNSPECIFIED) << row.method;
  }
  const std::set<std::string> methods = AllMethods();
  EXPECT_GE(methods.size(), 20u);
  for (const std::string& method : methods) EXPECT_TRUE(rows.contains(method)) << method;
  for (const std::string& row : rows) EXPECT_TRUE(methods.contains(row)) << row << " is no method";
}

TEST(MethodRolesTest, AMethodThatIsNotThereNeedsTheLargestRole) {
  EXPECT_EQ(RequiredRole("picost.v1.CostOracle/Forgotten"), config::ROLE_ADMIN);
  EXPECT_EQ(RequiredRole("picost.v1.CostOracle/Estimate"), config::ROLE_PREDICTOR);
}

// What only reads is for readers; what takes from others is for admins.
TEST(MethodRolesTest, RolesFollowTheKindOfMethod) {
  for (const MethodRole& row : MethodRoles()) {
    const std::string_view name = row.method.substr(row.method.find('/') + 1);
    const bool reads =
        name.starts_with("List") || name.starts_with("Get") || name.starts_with("Watch");
    EXPECT_EQ(row.role == config::ROLE_READER, reads) << row.method;
    EXPECT_EQ(row.role == config::ROLE_ADMIN, name.starts_with("Delete")) << row.method;
  }
}

}  // namespace
}  // namespace picost::service
