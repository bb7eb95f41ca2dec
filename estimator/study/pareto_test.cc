// Front and hypervolume against implementations that share nothing with them.
#include "estimator/study/pareto.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include "estimator/study/hypervolume.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::study {
namespace {

using ::testing::ElementsAre;

// By definition, pair by pair: i stands if no j is nowhere worse and somewhere better,
// and no earlier one is equal.
std::set<int64_t> FrontByDefinition(const std::vector<Point>& points) {
  std::set<int64_t> front;
  for (size_t i = 0; i < points.size(); ++i) {
    bool stands = true;
    for (size_t j = 0; j < points.size() && stands; ++j) {
      bool worse = false;
      bool better = false;
      for (size_t k = 0; k < points[i].size(); ++k) {
        worse |= points[j][k] > points[i][k];
        better |= points[j][k] < points[i][k];
      }
      stands = worse || (!better && j >= i);
    }
    if (stands) front.insert(static_cast<int64_t>(i));
  }
  return front;
}

// Inclusion and exclusion over all subsets: the box of a subset ends at its worst
// coordinates. Exponential, and as far from a sweep as can be.
double VolumeBySubsets(const std::vector<Point>& points, const Point& reference) {
  double volume = 0;
  for (uint32_t subset = 1; subset < (1u << points.size()); ++subset) {
    double box = 1;
    int size = 0;
    for (size_t k = 0; k < reference.size(); ++k) {
      double corner = -INFINITY;
      size = 0;
      for (size_t i = 0; i < points.size(); ++i) {
        if ((subset >> i & 1) == 0) continue;
        corner = std::max(corner, points[i][k]);
        ++size;
      }
      box *= std::max(0.0, reference[k] - corner);
    }
    volume += size % 2 == 1 ? box : -box;
  }
  return volume;
}

// A coarse grid has ties, duplicates and points outside the reference.
std::vector<Point> RandomPoints(std::mt19937& random, size_t count, size_t dimensions, int grid) {
  std::vector<Point> points(count, Point(dimensions));
  for (Point& point : points) {
    for (double& value : point) value = static_cast<double>(random() % grid) / grid;
  }
  return points;
}

ParetoFront FrontOf(const std::vector<Point>& points) {
  ParetoFront front;
  for (size_t i = 0; i < points.size(); ++i) front.Insert(static_cast<int64_t>(i), points[i]);
  return front;
}

TEST(ParetoFrontTest, EqualsTheDefinitionOnRandomSets) {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    const size_t dimensions = 1 + round % 4;
    const auto points =
        RandomPoints(random, 1 + random() % 120, dimensions, round % 3 == 0 ? 6 : 1'000'000);
    const ParetoFront front = FrontOf(points);
    std::set<int64_t> ids;
    for (const FrontMember& member : front.members()) {
      ids.insert(member.id);
      EXPECT_EQ(member.values, points[member.id]);
    }
    ASSERT_EQ(ids, FrontByDefinition(points)) << "round " << round;
  }
}

TEST(ParetoFrontTest, SaysWhetherAPointStands) {
  ParetoFront front;
  EXPECT_TRUE(front.Insert(1, {2, 2}));
  EXPECT_FALSE(front.Insert(2, {2, 2}));
  EXPECT_FALSE(front.Insert(3, {2, 3}));
  EXPECT_TRUE(front.Insert(4, {1, 3}));
  EXPECT_TRUE(front.Insert(5, {1, 1}));
  EXPECT_THAT(front.members(), ElementsAre(FrontMember{5, {1, 1}}));
}

TEST(HypervolumeTest, EqualsInclusionAndExclusionOnRandomSets) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const size_t dimensions = 1 + round % 4;
    const auto points =
        RandomPoints(random, 1 + random() % 9, dimensions, round % 2 == 0 ? 5 : 1'000'000);
    const Point reference(dimensions, 0.8);
    EXPECT_NEAR(Hypervolume(points, reference), VolumeBySubsets(points, reference), 1e-12)
        << "round " << round;
  }
}

TEST(HypervolumeTest, OfTheFrontIsThatOfAllPoints) {
  std::mt19937 random(13);
  for (const size_t dimensions : {2, 3, 4}) {
    const auto points = RandomPoints(random, 300, dimensions, 1'000'000);
    const ParetoFront front = FrontOf(points);
    std::vector<Point> members;
    for (const FrontMember& member : front.members()) members.push_back(member.values);
    ASSERT_LT(members.size(), points.size());
    const Point reference(dimensions, 1);
    EXPECT_NEAR(Hypervolume(members, reference), Hypervolume(points, reference), 1e-12);
  }
}

TEST(HypervolumeTest, NothingBetterThanTheReferenceIsNoVolume) {
  EXPECT_EQ(Hypervolume({}, {1, 1}), 0);
  EXPECT_EQ(Hypervolume({{1, 0}, {2, 0.5}}, {1, 1}), 0);
  EXPECT_EQ(Hypervolume({{0.5, 0.5}}, {1, 1}), 0.25);
}

}  // namespace
}  // namespace picost::study
