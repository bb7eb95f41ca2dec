// The laws of ModelStore: instantiate with every implementation.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, ModelStoreTest, ::testing::Values(
//       StoreKind{"Memory", [] { return std::string("memory"); }, /*durable=*/false}), NameOf);
#ifndef PICOST_SERVICE_STORE_MODEL_STORE_SUITE_H_
#define PICOST_SERVICE_STORE_MODEL_STORE_SUITE_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/store/model_store.h"
#include "service/store/open_store.h"
#include "service/store/store_kind.h"

namespace picost::service {

inline ModelRecord Record(const std::string& id, const std::string& display_name = "net") {
  return {.id = id,
          .display_name = display_name,
          .create_time_micros = 1'700'000'000'000'000,
          .etag = "etag-" + id,
          .summary = std::string("summary\0of ", 11) + id,
          .source = std::string("\xFF\x00\x01", 3) + id};
}

class ModelStoreTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    address_ = GetParam().fresh_address();
    Reopen();
  }
  void Reopen() {
    store_.reset();
    auto store = OpenStore(address_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::string address_;
  std::unique_ptr<ModelStore> store_;
};

TEST_P(ModelStoreTest, GivesBackWhatWasInserted) {
  const ModelRecord record = Record("aa");
  ASSERT_EQ(*store_->InsertIfAbsent(record), record);
  EXPECT_EQ(*store_->Get("aa"), record);
}

TEST_P(ModelStoreTest, SecondInsertOfAnIdKeepsTheFirst) {
  ASSERT_TRUE(store_->InsertIfAbsent(Record("aa", "first")).ok());
  const auto second = store_->InsertIfAbsent(Record("aa", "second"));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->display_name, "first");
  EXPECT_EQ(store_->Get("aa")->display_name, "first");
}

TEST_P(ModelStoreTest, GetAndDeleteOfNothingAreNotFound) {
  EXPECT_EQ(store_->Get("aa").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->Delete("aa", "").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->Delete("aa", "etag-aa").code(), absl::StatusCode::kNotFound);
}

TEST_P(ModelStoreTest, DeleteWithAnotherEtagIsAbortedAndKeeps) {
  ASSERT_TRUE(store_->InsertIfAbsent(Record("aa")).ok());
  EXPECT_EQ(store_->Delete("aa", "other").code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(store_->Get("aa").ok());
  EXPECT_TRUE(store_->Delete("aa", "etag-aa").ok());
  EXPECT_FALSE(store_->Get("aa").ok());
}

TEST_P(ModelStoreTest, ListsInOrderOfIdPageByPageWithoutSources) {
  for (const char* id : {"cc", "aa", "dd", "bb"})
    ASSERT_TRUE(store_->InsertIfAbsent(Record(id)).ok());
  std::vector<std::string> ids;
  std::string after;
  for (int page = 0; page < 3; ++page) {
    const auto records = store_->List({.after_id = after, .limit = 3});
    ASSERT_TRUE(records.ok());
    EXPECT_EQ(records->size(), page == 0 ? 3u : page == 1 ? 1u : 0u);
    for (const ModelRecord& record : *records) {
      ids.push_back(record.id);
      EXPECT_EQ(record.source, "");
      EXPECT_EQ(record.summary, Record(record.id).summary);
      after = record.id;
    }
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"aa", "bb", "cc", "dd"}));
}

TEST_P(ModelStoreTest, ListsByDisplayName) {
  ASSERT_TRUE(store_->InsertIfAbsent(Record("aa", "resnet")).ok());
  ASSERT_TRUE(store_->InsertIfAbsent(Record("bb", "vgg")).ok());
  ASSERT_TRUE(store_->InsertIfAbsent(Record("cc", "resnet")).ok());
  const auto page = store_->List({.display_name = "resnet", .limit = 1});
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ((*page)[0].id, "aa");
  const auto next = store_->List({.after_id = "aa", .display_name = "resnet", .limit = 5});
  ASSERT_EQ(next->size(), 1u);
  EXPECT_EQ((*next)[0].id, "cc");
  EXPECT_TRUE(store_->List({.display_name = "resne", .limit = 5})->empty());
}

TEST_P(ModelStoreTest, NamesAreDataNotSql) {
  const std::string name = "x'; DROP TABLE models; --";
  ASSERT_TRUE(store_->InsertIfAbsent(Record("aa", name)).ok());
  EXPECT_EQ(store_->List({.display_name = name, .limit = 5})->size(), 1u);
}

TEST_P(ModelStoreTest, ManyThreadsInsertTheSameModelsOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const auto kept =
            store_->InsertIfAbsent(Record(absl::StrCat("id", i), absl::StrCat("thread", t)));
        ASSERT_TRUE(kept.ok()) << kept.status();
        EXPECT_EQ(*kept, *store_->Get(kept->id));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_->List({.limit = 1000})->size(), 25u);
}

TEST_P(ModelStoreTest, CheckSucceeds) { EXPECT_TRUE(store_->Check().ok()); }

TEST_P(ModelStoreTest, RecordsSurviveReopeningWhereTheStoreIsDurable) {
  ASSERT_TRUE(store_->InsertIfAbsent(Record("aa")).ok());
  Reopen();
  EXPECT_EQ(store_->Get("aa").ok(), GetParam().durable);
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_MODEL_STORE_SUITE_H_
