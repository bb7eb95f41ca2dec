// Online phases on additive shares with correlated randomness from a dealer:
// products, squares and powers by opening masked values (Beaver, CRYPTO 1991).
//
//   multiply  open x - a, y - b:  2 elements each way, 1 exchange
//             z = c + (x-a) b + (y-b) a + (x-a)(y-b)
//   square    open x - a:         1 element each way, 1 exchange
//   power d   HoneyBadger's form (Lu et al., CCS 2019; PILLAR's online phase):
//             open e = x - r once, then x^k = sum_j C(k,j) e^(k-j) r^j on the
//             shares of r^j, k = 2..d: 1 element each way, 1 exchange
//   espn d    PILLAR's ESPN (CrypTen-ESPN, power.py:new_espn_poly): with
//             x = x0 + x1, x^k = sum_i C(k,i) x0^i x1^(k-i): k+1 Beaver products
//             of local powers for each k = 2..d, all opened in one exchange:
//             2 ((d+1)(d+2)/2 - 3) elements each way, as that code does it
//
// Elements travel as 8 bytes. An exchange counts as one flight.
//
// Security: semi-honest, with a trusted first party as dealer: party 0 draws the
// correlated randomness of both parties and sends party 1 the seed of its half
// (what CrypTen's TrustedFirstParty provider does). Party 0 could unmask party 1:
// this measures online phases; it is not a protocol to use.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_SHARES_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_SHARES_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/drivers/pi_ref/aes.h"
#include "calibrate/drivers/pi_ref/block.h"
#include "calibrate/drivers/pi_ref/modulus.h"

namespace picost::pi_ref {

using Elements = SecretVector<uint64_t>;

// One party's half of the dealer's correlations.
struct Triples {
  Elements a, b, c;  // c = a b
};
struct Powers {
  std::vector<Elements> r;  // r[j] = shares of r^(j+1)
};

class Dealer {
 public:
  // Party 0 draws and sends the seed of party 1's half; party 1 receives it.
  static absl::StatusOr<Dealer> Create(calibrate::Channel& channel, int party,
                                       const Modulus& modulus);

  Triples MakeTriples(int64_t count);
  Powers MakePowers(int64_t count, int degree);

 private:
  Dealer(int party, const Modulus& modulus, Block seed, Block own)
      : party_(party), modulus_(modulus), theirs_(seed), own_(own) {}

  // Shares of `secret`: party 1's are the seed's stream.
  Elements Share(const Elements& secret);
  Elements Draw(Prg& prg, int64_t count);

  int party_;
  Modulus modulus_;
  Prg theirs_;
  Prg own_;
};

class ShareArithmetic {
 public:
  ShareArithmetic(calibrate::Channel& channel, int party, const Modulus& modulus)
      : channel_(channel), party_(party), modulus_(modulus) {}

  // The sum of both parties' elements.
  absl::StatusOr<Elements> Open(const Elements& mine);
  absl::StatusOr<Elements> Multiply(const Elements& x, const Elements& y, const Triples& triples);
  // Powers of degree 2 hold r and r^2.
  absl::StatusOr<Elements> Square(const Elements& x, const Powers& powers);
  // result[k-2] = x^k, k = 2..degree.
  absl::StatusOr<std::vector<Elements>> PowersOf(const Elements& x, const Powers& powers,
                                                 int degree);
  absl::StatusOr<std::vector<Elements>> EspnPowers(const Elements& x, const Triples& triples,
                                                   int degree);

 private:
  // Shares of the factors of products, element by element.
  struct Factors {
    const Elements* x;
    const Elements* y;
  };
  // Products of some elements of one pair of factors, from `first` on.
  using Take = std::function<void(size_t pair, size_t first, std::span<const uint64_t> products)>;
  // All pairs, of equal lengths, opened in one exchange; take gets products in order.
  absl::Status MultiplyPairs(const std::vector<Factors>& pairs, const Triples& triples,
                             const Take& take);

  calibrate::Channel& channel_;
  int party_;
  Modulus modulus_;
};

// Products of the ESPN form for one element: (d+1)(d+2)/2 - 3.
inline int64_t EspnProducts(int degree) { return int64_t{degree + 1} * (degree + 2) / 2 - 3; }

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_SHARES_H_
