// The laws of StudyStore: instantiate with every implementation, as ModelStoreTest.
#ifndef PICOST_SERVICE_STORE_STUDY_STORE_SUITE_H_
#define PICOST_SERVICE_STORE_STUDY_STORE_SUITE_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/store/open_study_store.h"
#include "service/store/study_store.h"

namespace picost::service {

struct StudyStoreKind {
  std::string name;
  std::function<std::string()> fresh_address;  // of a store that is empty
  bool durable = false;                        // survives reopening
};

inline std::string StudyKindName(const ::testing::TestParamInfo<StudyStoreKind>& info) {
  return info.param.name;
}

inline StudyRecord StudyOf(const std::string& id) {
  return {.id = id,
          .create_time_micros = 1'700'000'000'000'000,
          .etag = "etag-" + id,
          .body = std::string("body\0of ", 8) + id};
}

inline NewTrial TrialOf(int i, std::vector<std::string> tags = {}, std::string request_id = "") {
  return {.create_time_micros = 1'700'000'000'000'000 + i,
          .request_id = std::move(request_id),
          .tags = std::move(tags),
          .body = absl::StrCat("trial\xFF", i)};
}

class StudyStoreTest : public ::testing::TestWithParam<StudyStoreKind> {
 protected:
  void SetUp() override {
    address_ = GetParam().fresh_address();
    Reopen();
  }
  void Reopen() {
    store_.reset();
    auto store = OpenStudyStore(address_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::vector<int64_t> Add(const std::string& study, std::vector<NewTrial> trials) {
    const auto numbers = store_->AddTrials(study, "", trials);
    EXPECT_TRUE(numbers.ok()) << numbers.status();
    return numbers.value_or(std::vector<int64_t>{});
  }
  std::vector<int64_t> Numbers(const TrialQuery& query) {
    const auto trials = store_->ListTrials(query);
    EXPECT_TRUE(trials.ok()) << trials.status();
    std::vector<int64_t> numbers;
    for (const TrialRecord& trial : trials.value_or(std::vector<TrialRecord>{}))
      numbers.push_back(trial.number);
    return numbers;
  }
  std::string address_;
  std::unique_ptr<StudyStore> store_;
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StudyStoreTest, GivesBackWhatWasInserted) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  EXPECT_EQ(*store_->Get("a"), StudyOf("a"));
  EXPECT_EQ(store_->Insert(StudyOf("a")).code(), absl::StatusCode::kAlreadyExists);
}

TEST_P(StudyStoreTest, WhatIsNotThereIsNotFound) {
  const auto not_found = absl::StatusCode::kNotFound;
  EXPECT_EQ(store_->Get("a").status().code(), not_found);
  EXPECT_EQ(store_->Delete("a", "").code(), not_found);
  EXPECT_EQ(store_->AddTrials("a", "", {TrialOf(1)}).status().code(), not_found);
  EXPECT_EQ(store_->GetTrial("a", 1).status().code(), not_found);
  EXPECT_EQ(store_->ListTrials({.study = "a", .limit = 1}).status().code(), not_found);
  EXPECT_EQ(store_->SaveProgress("a", "", "p", 1).code(), not_found);
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  for (const int64_t number : {int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{1} << 33}) {
    EXPECT_EQ(store_->GetTrial("a", number).status().code(), not_found) << number;
  }
}

TEST_P(StudyStoreTest, NumbersTrialsFromOneWithoutGaps) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  ASSERT_TRUE(store_->Insert(StudyOf("b")).ok());
  EXPECT_THAT(Add("a", {TrialOf(1), TrialOf(2)}), ElementsAre(1, 2));
  EXPECT_THAT(Add("b", {TrialOf(9)}), ElementsAre(1));
  EXPECT_THAT(Add("a", {TrialOf(3)}), ElementsAre(3));
  EXPECT_EQ(store_->Get("a")->trial_count, 3);
  const auto second = store_->GetTrial("a", 2);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->body, TrialOf(2).body);
  EXPECT_EQ(second->create_time_micros, TrialOf(2).create_time_micros);
  EXPECT_EQ(store_->GetTrial("b", 1)->body, TrialOf(9).body);
}

TEST_P(StudyStoreTest, ListsTrialsPageByPage) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  ASSERT_TRUE(store_->Insert(StudyOf("b")).ok());
  std::vector<NewTrial> trials;
  for (int i = 1; i <= 7; ++i) trials.push_back(TrialOf(i));
  Add("a", trials);
  Add("b", trials);
  EXPECT_THAT(Numbers({.study = "a", .limit = 3}), ElementsAre(1, 2, 3));
  EXPECT_THAT(Numbers({.study = "a", .after_number = 3, .limit = 3}), ElementsAre(4, 5, 6));
  EXPECT_THAT(Numbers({.study = "a", .after_number = 6, .limit = 3}), ElementsAre(7));
  EXPECT_THAT(Numbers({.study = "a", .after_number = 7, .limit = 3}), IsEmpty());
  EXPECT_THAT(Numbers({.study = "a", .after_number = int64_t{1} << 40, .limit = 3}), IsEmpty());
}

TEST_P(StudyStoreTest, ListsTrialsByTag) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  Add("a", {TrialOf(1, {"x"}), TrialOf(2, {"x", "y"}), TrialOf(3), TrialOf(4, {"x"})});
  EXPECT_THAT(Numbers({.study = "a", .tag = "x", .limit = 2}), ElementsAre(1, 2));
  EXPECT_THAT(Numbers({.study = "a", .after_number = 2, .tag = "x", .limit = 2}), ElementsAre(4));
  EXPECT_THAT(Numbers({.study = "a", .tag = "y", .limit = 2}), ElementsAre(2));
  EXPECT_THAT(Numbers({.study = "a", .tag = "x' OR 1=1 --", .limit = 2}), IsEmpty());
  EXPECT_EQ((*store_->ListTrials({.study = "a", .tag = "y", .limit = 2}))[0].body, TrialOf(2).body);
}

TEST_P(StudyStoreTest, ARequestIdAddsOnce) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  ASSERT_TRUE(store_->Insert(StudyOf("b")).ok());
  EXPECT_THAT(Add("a", {TrialOf(1, {}, "r1"), TrialOf(2, {}, "r2")}), ElementsAre(1, 2));
  EXPECT_THAT(Add("a", {TrialOf(3), TrialOf(9, {"t"}, "r2"), TrialOf(4, {}, "r4")}),
              ElementsAre(3, 2, 4));
  EXPECT_EQ(store_->GetTrial("a", 2)->body, TrialOf(2).body);
  EXPECT_EQ(store_->Get("a")->trial_count, 4);
  EXPECT_THAT(Numbers({.study = "a", .tag = "t", .limit = 2}), IsEmpty());
  EXPECT_THAT(Add("b", {TrialOf(1, {}, "r1")}), ElementsAre(1));
}

TEST_P(StudyStoreTest, DeletingTakesTheTrialsAway) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  ASSERT_TRUE(store_->Insert(StudyOf("b")).ok());
  Add("a", {TrialOf(1, {"x"}, "r1")});
  Add("b", {TrialOf(1, {"x"}, "r1")});
  EXPECT_EQ(store_->Delete("a", "other").code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(store_->Delete("a", "etag-a").ok());
  EXPECT_FALSE(store_->Get("a").ok());
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  EXPECT_THAT(Numbers({.study = "a", .limit = 9}), IsEmpty());
  EXPECT_THAT(Numbers({.study = "a", .tag = "x", .limit = 9}), IsEmpty());
  EXPECT_THAT(Add("a", {TrialOf(5, {}, "r1")}), ElementsAre(1));
  EXPECT_THAT(Numbers({.study = "b", .tag = "x", .limit = 9}), ElementsAre(1));
}

TEST_P(StudyStoreTest, ListsStudiesInOrderWithoutProgress) {
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(store_->Insert(StudyOf(id)).ok());
  ASSERT_TRUE(store_->SaveProgress("a", "", "much", 0).ok());
  const auto page = store_->List("", 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[0], StudyOf("a"));
  const auto next = store_->List("b", 2);
  ASSERT_EQ(next->size(), 1u);
  EXPECT_EQ((*next)[0].id, "c");
}

TEST_P(StudyStoreTest, KeepsTheLatestProgress) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  ASSERT_TRUE(store_->SaveProgress("a", "", "five", 5).ok());
  ASSERT_TRUE(store_->SaveProgress("a", "", "three", 3).ok());
  EXPECT_EQ(store_->Get("a")->progress, "five");
  EXPECT_EQ(store_->Get("a")->progress_number, 5);
}

TEST_P(StudyStoreTest, WhatIsForOneStudyIsNotForItsSuccessor) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  Add("a", {TrialOf(1), TrialOf(2)});
  EXPECT_TRUE(store_->AddTrials("a", "etag-a", {TrialOf(3)}).ok());
  EXPECT_TRUE(store_->SaveProgress("a", "etag-a", "three", 3).ok());
  ASSERT_TRUE(store_->Delete("a", "").ok());
  StudyRecord successor = StudyOf("a");
  successor.etag = "another";
  ASSERT_TRUE(store_->Insert(successor).ok());
  const auto aborted = absl::StatusCode::kAborted;
  EXPECT_EQ(store_->SaveProgress("a", "etag-a", "three", 3).code(), aborted);
  EXPECT_EQ(store_->AddTrials("a", "etag-a", {TrialOf(4)}).status().code(), aborted);
  EXPECT_EQ(store_->ListTrials({.study = "a", .etag = "etag-a", .limit = 9}).status().code(),
            aborted);
  EXPECT_EQ(*store_->Get("a"), successor) << "nothing of it has changed";
  EXPECT_TRUE(store_->AddTrials("a", "another", {TrialOf(5)}).ok());
  EXPECT_THAT(Numbers({.study = "a", .etag = "another", .limit = 9}), ElementsAre(1));
}

TEST_P(StudyStoreTest, ManyThreadsAddWithoutGapsAndRequestsOnce) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  std::vector<std::thread> threads;
  std::vector<std::vector<int64_t>> numbers(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto added = store_->AddTrials(
            "a", "", {TrialOf(100 * t + i), TrialOf(i, {}, absl::StrCat("shared", i))});
        ASSERT_TRUE(added.ok()) << added.status();
        numbers[t].push_back((*added)[0]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_->Get("a")->trial_count, 4 * 20 + 20);
  std::vector<int64_t> all;
  for (const auto& part : numbers) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  const std::vector<int64_t> listed = Numbers({.study = "a", .limit = 1000});
  ASSERT_EQ(listed.size(), 100u);
  EXPECT_EQ(listed.back(), 100);
}

TEST_P(StudyStoreTest, StudiesSurviveReopeningWhereTheStoreIsDurable) {
  ASSERT_TRUE(store_->Insert(StudyOf("a")).ok());
  Add("a", {TrialOf(1, {"x"})});
  Reopen();
  EXPECT_EQ(store_->Get("a").ok(), GetParam().durable);
  if (GetParam().durable)
    EXPECT_THAT(Numbers({.study = "a", .tag = "x", .limit = 1}), ElementsAre(1));
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_STUDY_STORE_SUITE_H_
