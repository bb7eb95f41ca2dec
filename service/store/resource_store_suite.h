// The laws of ResourceStore: instantiate with every implementation.
#ifndef PICOST_SERVICE_STORE_RESOURCE_STORE_SUITE_H_
#define PICOST_SERVICE_STORE_RESOURCE_STORE_SUITE_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/store/resource_store.h"
#include "service/store/store_kind.h"

namespace picost::service {

inline ResourceRecord Resource(const std::string& id, const std::string& etag = "e1",
                               const std::string& collection = "things") {
  return {.collection = collection,
          .id = id,
          .etag = etag,
          .create_time_micros = 1'700'000'000'000'000,
          .update_time_micros = 1'700'000'000'000'001,
          .content = std::string("\xFF\x00", 2) + id + etag};
}

class ResourceStoreTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    address_ = GetParam().fresh_address();
    Reopen();
  }
  void Reopen() {
    store_.reset();
    auto store = OpenResourceStore(address_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::string address_;
  std::unique_ptr<ResourceStore> store_;
};

TEST_P(ResourceStoreTest, GivesBackWhatWasInsertedAndKeepsTheFirst) {
  ASSERT_EQ(*store_->InsertIfAbsent(Resource("a")), Resource("a"));
  EXPECT_EQ(*store_->InsertIfAbsent(Resource("a", "e2")), Resource("a"));
  EXPECT_EQ(*store_->Get("things", "a"), Resource("a"));
  EXPECT_EQ(store_->Get("things", "b").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->Get("others", "a").status().code(), absl::StatusCode::kNotFound);
}

TEST_P(ResourceStoreTest, UpdatesHonourEtags) {
  EXPECT_EQ(store_->Update(Resource("a", "e2"), "").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("a")).ok());
  EXPECT_EQ(store_->Update(Resource("a", "e2"), "e0").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(*store_->Get("things", "a"), Resource("a"));
  EXPECT_TRUE(store_->Update(Resource("a", "e2"), "e1").ok());
  EXPECT_EQ(*store_->Get("things", "a"), Resource("a", "e2"));
  EXPECT_TRUE(store_->Update(Resource("a", "e3"), "").ok());
}

TEST_P(ResourceStoreTest, ListsOneCollectionInOrderOfIdPageByPage) {
  for (const char* id : {"c", "a", "d", "b"}) {
    ASSERT_TRUE(store_->InsertIfAbsent(Resource(id)).ok());
    ASSERT_TRUE(store_->InsertIfAbsent(Resource(id, "e1", "others")).ok());
  }
  std::string ids;
  std::string after;
  while (true) {
    const auto page = store_->List({.collection = "things", .after_id = after, .limit = 3});
    ASSERT_TRUE(page.ok());
    if (page->empty()) break;
    for (const ResourceRecord& record : *page) ids += record.id;
    after = page->back().id;
  }
  EXPECT_EQ(ids, "abcd");
}

TEST_P(ResourceStoreTest, TheStampTellsOfEveryChangeInItsCollection) {
  const std::string empty = *store_->Stamp("things");
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("a")).ok());
  const std::string inserted = *store_->Stamp("things");
  EXPECT_NE(inserted, empty);
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("x", "e1", "others")).ok());
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("a", "e2")).ok());
  EXPECT_EQ(*store_->Stamp("things"), inserted);
  ASSERT_TRUE(store_->Update(Resource("a", "e2"), "").ok());
  EXPECT_NE(*store_->Stamp("things"), inserted);
}

TEST_P(ResourceStoreTest, OfManyUpdatesFromOneEtagOneWins) {
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("a")).ok());
  std::vector<std::thread> threads;
  std::atomic<int> won = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      if (store_->Update(Resource("a", absl::StrCat("new", i)), "e1").ok()) ++won;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_P(ResourceStoreTest, WhatWasAcknowledgedIsThereAfterReopening) {
  if (!GetParam().durable) GTEST_SKIP() << "not durable";
  ASSERT_TRUE(store_->InsertIfAbsent(Resource("a")).ok());
  ASSERT_TRUE(store_->Update(Resource("a", "e2"), "").ok());
  Reopen();
  EXPECT_EQ(*store_->Get("things", "a"), Resource("a", "e2"));
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_RESOURCE_STORE_SUITE_H_
