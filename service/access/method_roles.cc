#include "service/access/method_roles.h"

namespace picost::service {
namespace {

using config::ROLE_ADMIN;
using config::ROLE_CALIBRATOR;
using config::ROLE_PREDICTOR;
using config::ROLE_READER;

constexpr MethodRole kMethodRoles[] = {
    {"picost.v1.Models/CreateModel", ROLE_PREDICTOR},
    {"picost.v1.Models/UploadModel", ROLE_PREDICTOR},
    {"picost.v1.Models/GetModel", ROLE_READER},
    {"picost.v1.Models/ListModels", ROLE_READER},
    // Models have no owners: whoever deletes one takes it from all.
    {"picost.v1.Models/DeleteModel", ROLE_ADMIN},
    {"picost.v1.Models/ListLayers", ROLE_READER},

    {"picost.v1.CostOracle/Inspect", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/Plan", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/ComparePlans", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/Estimate", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/BatchEstimate", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/StreamEstimate", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/EvaluateEdits", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/ExportCostTable", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/SolveBudget", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/CompareDeployments", ROLE_PREDICTOR},
    {"picost.v1.CostOracle/EstimateCapacity", ROLE_PREDICTOR},

    {"picost.v1.Calibrations/ListCalibrations", ROLE_READER},
    {"picost.v1.Calibrations/GetCalibration", ROLE_READER},
    {"picost.v1.Calibrations/ImportCalibration", ROLE_CALIBRATOR},
    {"picost.v1.Calibrations/ListAliases", ROLE_READER},
    {"picost.v1.Calibrations/SetAlias", ROLE_CALIBRATOR},
    {"picost.v1.Calibrations/EvaluateCalibration", ROLE_PREDICTOR},
    {"picost.v1.Calibrations/ReportMeasurements", ROLE_CALIBRATOR},
    {"picost.v1.Calibrations/ListMeasurements", ROLE_READER},
    {"picost.v1.Calibrations/RescaleCalibration", ROLE_CALIBRATOR},

    {"picost.v1.Studies/CreateStudy", ROLE_PREDICTOR},
    {"picost.v1.Studies/GetStudy", ROLE_READER},
    {"picost.v1.Studies/ListStudies", ROLE_READER},
    {"picost.v1.Studies/DeleteStudy", ROLE_ADMIN},
    {"picost.v1.Studies/AddTrial", ROLE_PREDICTOR},
    {"picost.v1.Studies/BatchAddTrials", ROLE_PREDICTOR},
    {"picost.v1.Studies/GetTrial", ROLE_READER},
    {"picost.v1.Studies/ListTrials", ROLE_READER},
    {"picost.v1.Studies/GetTrialColumns", ROLE_READER},
    {"picost.v1.Studies/GetTrialLayers", ROLE_READER},
    {"picost.v1.Studies/GetParetoFront", ROLE_READER},
    {"picost.v1.Studies/WatchTrials", ROLE_READER},

    {"picost.v1.Catalog/ListProtocols", ROLE_READER},
    {"picost.v1.Catalog/ListRewrites", ROLE_READER},
    {"picost.v1.Catalog/ListOperators", ROLE_READER},
    {"picost.v1.Catalog/ListPrimitives", ROLE_READER},
    {"picost.v1.Catalog/ListDeployments", ROLE_READER},
    {"picost.v1.Catalog/ListNetworks", ROLE_READER},
    {"picost.v1.Catalog/ListTables", ROLE_READER},
};

}  // namespace

std::span<const MethodRole> MethodRoles() { return kMethodRoles; }

config::Role RequiredRole(std::string_view method) {
  for (const MethodRole& row : kMethodRoles) {
    if (row.method == method) return row.role;
  }
  return ROLE_ADMIN;
}

std::string_view RoleName(config::Role role) {
  switch (role) {
    case ROLE_READER:
      return "reader";
    case ROLE_PREDICTOR:
      return "predictor";
    case ROLE_CALIBRATOR:
      return "calibrator";
    case ROLE_ADMIN:
      return "admin";
    default:
      return "nobody";
  }
}

}  // namespace picost::service
