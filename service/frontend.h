// The gRPC face of the services: callback API, nothing but transport.
//
// Every method goes through RunUnary (unary.h) or a stream that uses Call (call.h),
// where access, limits, metrics and logs are. Calls that bring a network with them
// run on the work queue.
#ifndef PICOST_SERVICE_FRONTEND_H_
#define PICOST_SERVICE_FRONTEND_H_

#include <memory>
#include <string>
#include <vector>

#include "service/calibration/calibration_service.h"
#include "service/calibration/measurement_service.h"
#include "service/calibration/rescale_service.h"
#include "service/catalog_service.h"
#include "service/compare_service.h"
#include "service/edit_service.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/study/study_service.h"

namespace grpc {
class Service;
}

namespace picost::service {

struct CallRules;

// Owns the generated services' implementations; the services behind outlive it.
class Frontend {
 public:
  Frontend(ModelService* models, OracleService* oracle, EditService* edits, CompareService* compare,
           CatalogService* catalog, StudyService* studies, CalibrationService* calibrations,
           MeasurementService* measurements, RescaleService* rescaling, const CallRules& rules);
  ~Frontend();

  // To register with a server.
  std::vector<grpc::Service*> services() const;
  // Full names, for the health service.
  static std::vector<std::string> service_names();

 private:
  std::vector<std::unique_ptr<grpc::Service>> services_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_FRONTEND_H_
