// Where registered models live.
//
// A record is immutable: its id is the fingerprint of the canonical graph. The
// store knows nothing of graphs; `summary` and `source` are opaque to it.
// Implementations are safe to use from many threads, and a call that returned OK
// has been kept: it survives the end of the process where the store is a file.
//
// Laws: model_store_test.cc runs them over every implementation.
#ifndef PICOST_SERVICE_STORE_MODEL_STORE_H_
#define PICOST_SERVICE_STORE_MODEL_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::service {

struct ModelRecord {
  std::string id;  // fingerprint, 64 hex digits
  std::string display_name;
  int64_t create_time_micros = 0;  // since the Unix epoch
  std::string etag;
  std::string summary;  // what listings answer
  std::string source;   // what the graph is made from again

  friend bool operator==(const ModelRecord&, const ModelRecord&) = default;
};

struct ListQuery {
  std::string after_id;      // exclusive; empty: from the begin
  std::string display_name;  // empty: any
  int64_t limit = 0;         // >= 1
};

class ModelStore {
 public:
  virtual ~ModelStore() = default;

  // Keeps the record unless one of its id exists; returns the one that is kept.
  virtual absl::StatusOr<ModelRecord> InsertIfAbsent(const ModelRecord& record) = 0;

  // kNotFound where there is none.
  virtual absl::StatusOr<ModelRecord> Get(std::string_view id) = 0;

  // Ordered by id. `source` is left empty: a page of models need not read files.
  virtual absl::StatusOr<std::vector<ModelRecord>> List(const ListQuery& query) = 0;

  // etag empty: any. kNotFound where there is none, kAborted where etags differ.
  virtual absl::Status Delete(std::string_view id, std::string_view etag) = 0;

  // Whether the store answers: for readiness.
  virtual absl::Status Check() = 0;
};

// What Get and Delete of every implementation say.
absl::Status ModelNotFound(std::string_view id);
absl::Status ModelEtagDiffers(std::string_view id, std::string_view given, std::string_view kept);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_MODEL_STORE_H_
