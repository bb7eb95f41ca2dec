// The gRPC face of the services: callback API, nothing but transport.
//
// A handler runs the service, adds what varies as trailing metadata, counts, and
// converts the status. Calls that bring a network with them run on the work
// queue; where it is full they are refused with a delay to wait. This file's .cc and server.cc are
// the only places with gRPC headers.
#ifndef PICOST_SERVICE_FRONTEND_H_
#define PICOST_SERVICE_FRONTEND_H_

#include <memory>
#include <string>
#include <vector>

#include "service/catalog_service.h"
#include "service/edit_service.h"
#include "service/metrics.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/study/study_service.h"
#include "service/work_queue.h"

namespace grpc {
class Service;
}

namespace picost::service {

// Owns the generated services' implementations; the services behind outlive it.
class Frontend {
 public:
  Frontend(ModelService* models, OracleService* oracle, EditService* edits, CatalogService* catalog,
           StudyService* studies, Metrics* metrics, WorkQueue* queue);
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
