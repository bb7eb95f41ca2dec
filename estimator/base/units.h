// Units as distinct types: a number of bytes cannot be added to a number of
// flights, nor passed where seconds are asked for.
//
//   Bytes   message payload, one direction, without TCP/IP headers
//   Flights one-way message dependencies; a round trip is two
//   Seconds modelled time
//
// Each is a thin wrapper: value() gives the number, arithmetic stays inside the
// type, scaling is by plain numbers. Integer units are exact; sums of them that
// could overflow are bounded where untrusted sizes enter (graph limits).
#ifndef PICOST_ESTIMATOR_BASE_UNITS_H_
#define PICOST_ESTIMATOR_BASE_UNITS_H_

#include <compare>
#include <cstdint>

namespace picost {

template <typename Tag, typename Rep>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(a.value_ + b.value_);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(a.value_ - b.value_);
  }
  friend constexpr Quantity operator*(Quantity a, Rep factor) {
    return Quantity(a.value_ * factor);
  }
  friend constexpr Quantity operator*(Rep factor, Quantity a) { return a * factor; }
  friend constexpr auto operator<=>(Quantity a, Quantity b) = default;

 private:
  Rep value_ = Rep{};
};

using Bytes = Quantity<struct BytesTag, int64_t>;
using Flights = Quantity<struct FlightsTag, int64_t>;
using Seconds = Quantity<struct SecondsTag, double>;

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BASE_UNITS_H_
