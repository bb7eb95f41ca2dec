// Which role each method needs: the one table of who may call what.
#ifndef PICOST_SERVICE_ACCESS_METHOD_ROLES_H_
#define PICOST_SERVICE_ACCESS_METHOD_ROLES_H_

#include <span>
#include <string_view>

#include "service/config/picostd_config.pb.h"

namespace picost::service {

struct MethodRole {
  std::string_view method;  // "picost.v1.CostOracle/Estimate"
  config::Role role;
};

// In the order of the services' files.
std::span<const MethodRole> MethodRoles();

// ROLE_ADMIN for a method that the table lacks: forgetting a row locks, never
// opens. access/method_roles_test walks all services for missing rows.
config::Role RequiredRole(std::string_view method);

// "reader", "predictor", "calibrator", "admin", "nobody".
std::string_view RoleName(config::Role role);

}  // namespace picost::service

#endif  // PICOST_SERVICE_ACCESS_METHOD_ROLES_H_
