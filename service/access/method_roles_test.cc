// Every method that a client can call has its row.
#include "service/access/method_roles.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "proto/picost/v1/catalog.pb.h"
#include "proto/picost/v1/models.pb.h"
#include "proto/picost/v1/oracle.pb.h"

namespace picost::service {
namespace {

std::set<std::string> AllMethods() {
  std::set<std::string> methods;
  for (const google::protobuf::FileDescriptor* file :
       {v1::GetModelRequest::descriptor()->file(), v1::EstimateRequest::descriptor()->file(),
        v1::InspectRequest::descriptor()->file(), v1::ListTablesRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        methods.insert(file->service(i)->full_name() + "/" + file->service(i)->method(j)->name());
      }
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
}

TEST(MethodRolesTest, AMethodThatIsNotThereNeedsTheLargestRole) {
  EXPECT_EQ(RequiredRole("picost.v1.CostOracle/Forgotten"), config::ROLE_ADMIN);
  EXPECT_EQ(RequiredRole("picost.v1.CostOracle/Estimate"), config::ROLE_PREDICTOR);
}

// What only reads is for readers; what takes from others is for admins.
TEST(MethodRolesTest, RolesFollowTheKindOfMethod) {
  for (const MethodRole& row : MethodRoles()) {
    const std::string_view name = row.method.substr(row.method.find('/') + 1);
    if (name.starts_with("List") || name.starts_with("Get")) {
      EXPECT_EQ(row.role, config::ROLE_READER) << row.method;
    } else {
      EXPECT_GT(row.role,
                name.starts_with("Watch") ? config::ROLE_UNSPECIFIED : config::ROLE_READER)
          << row.method;
    }
    EXPECT_EQ(row.role == config::ROLE_ADMIN, name.starts_with("Delete")) << row.method;
  }
}

}  // namespace
}  // namespace picost::service
