// A store of resources that reports how long its calls take and which fail.
#ifndef PICOST_SERVICE_STORE_METERED_RESOURCE_STORE_H_
#define PICOST_SERVICE_STORE_METERED_RESOURCE_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/store/metered.h"
#include "service/store/resource_store.h"

namespace picost::service {

class MeteredResourceStore : public ResourceStore {
 public:
  MeteredResourceStore(std::unique_ptr<ResourceStore> store, StoreReport report)
      : store_(std::move(store)), report_(std::move(report)) {}

  absl::StatusOr<ResourceRecord> InsertIfAbsent(const ResourceRecord& record) override {
    return Metered(report_, "insert", [&] { return store_->InsertIfAbsent(record); });
  }
  absl::Status Update(const ResourceRecord& record, std::string_view etag) override {
    return Metered(report_, "update", [&] { return store_->Update(record, etag); });
  }
  absl::StatusOr<ResourceRecord> Get(std::string_view collection, std::string_view id) override {
    return Metered(report_, "get", [&] { return store_->Get(collection, id); });
  }
  absl::StatusOr<std::vector<ResourceRecord>> List(const ResourceQuery& query) override {
    return Metered(report_, "list", [&] { return store_->List(query); });
  }
  absl::StatusOr<std::string> Stamp(std::string_view collection) override {
    return Metered(report_, "stamp", [&] { return store_->Stamp(collection); });
  }

 private:
  const std::unique_ptr<ResourceStore> store_;
  const StoreReport report_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_METERED_RESOURCE_STORE_H_
