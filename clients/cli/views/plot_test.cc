#include "clients/cli/views/plot.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Plain(double value) { return std::to_string(static_cast<int>(value)); }

PlotAxes Axes() { return {.x = "cost", .y = "quality", .format_x = Plain, .format_y = Plain}; }

TEST(PlotTest, PointsStandWhereTheyBelong) {
  PlotAxes axes = Axes();
  axes.limit_x = 5;
  EXPECT_THAT(Plot({{0, 0}, {9, 3, true}, {9, 0}}, axes, 10, 4),
              ElementsAre("   quality",     //
                          "3 |     |   o",  //
                          "  |     |",      //
                          "  |     |",      //
                          "0 |.    |   .",  //
                          "  +----------",  //
                          "   0        9",  //
                          "   cost"));
}

TEST(PlotTest, AFrontIsNeverHidden) {
  const auto lines = Plot({{1, 1, true}, {1, 1}}, Axes(), 10, 4);
  int strong = 0;
  for (const std::string& line : lines) strong += line.ends_with("o");
  EXPECT_EQ(strong, 1);
}

TEST(PlotTest, WhatIsNotFiniteIsLeftOut) {
  EXPECT_THAT(Plot({{NAN, 1}, {1, INFINITY}}, Axes(), 10, 4), IsEmpty());
  EXPECT_THAT(Plot({}, Axes(), 10, 4), IsEmpty());
}

}  // namespace
}  // namespace picost::cli
