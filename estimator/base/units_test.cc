#include "estimator/base/units.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace picost {
namespace {

template <typename A, typename B, typename = void>
struct CanAdd : std::false_type {};
template <typename A, typename B>
struct CanAdd<A, B, std::void_t<decltype(std::declval<A>() + std::declval<B>())>> : std::true_type {
};

TEST(UnitsTest, ArithmeticStaysInsideTheType) {
  Bytes total(40);
  total += Bytes(2);
  EXPECT_EQ(total, Bytes(42));
  EXPECT_EQ((total * 2).value(), 84);
  EXPECT_LT(Flights(1), Flights(2));
  EXPECT_DOUBLE_EQ((Seconds(0.5) - Seconds(0.25)).value(), 0.25);
}

TEST(UnitsTest, DifferentUnitsDoNotMix) {
  static_assert(CanAdd<Bytes, Bytes>::value);
  static_assert(!CanAdd<Bytes, Flights>::value);
  static_assert(!CanAdd<Flights, Seconds>::value);
  static_assert(!std::is_convertible_v<int64_t, Bytes>);
  static_assert(!std::is_convertible_v<Bytes, int64_t>);
}

}  // namespace
}  // namespace picost
