#include "calibrate/drivers/pi_ref/shares.h"

#include <algorithm>

#include "calibrate/drivers/pi_ref/randomness.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

// Binomial coefficients are small public constants.
uint64_t Binomial(int n, int k) {
  uint64_t value = 1;
  for (int i = 1; i <= k; ++i)
    value = value * static_cast<uint64_t>(n - k + i) / static_cast<uint64_t>(i);
  return value;
}

}  // namespace

absl::StatusOr<Dealer> Dealer::Create(calibrate::Channel& channel, int party,
                                      const Modulus& modulus) {
  Block seed;
  if (party == 0) {
    seed = RandomBlock();
    PICOST_RETURN_IF_ERROR(channel.Send(&seed, sizeof(seed)));
  } else {
    PICOST_RETURN_IF_ERROR(channel.Receive(&seed, sizeof(seed)));
  }
  return Dealer(party, modulus, seed, RandomBlock());
}

Elements Dealer::Draw(Prg& prg, int64_t count) {
  SecretBlocks blocks(static_cast<size_t>((count + 1) / 2));
  prg.Fill(blocks.data(), blocks.size());
  Elements elements(static_cast<size_t>(count));
  const uint64_t* words = reinterpret_cast<const uint64_t*>(blocks.data());
  for (size_t i = 0; i < elements.size(); ++i) elements[i] = modulus_.Reduce(words[i]);
  return elements;
}

Elements Dealer::Share(const Elements& secret) {
  Elements share = Draw(theirs_, static_cast<int64_t>(secret.size()));
  if (party_ == 0) {
    for (size_t i = 0; i < secret.size(); ++i) share[i] = modulus_.Subtract(secret[i], share[i]);
  }
  return share;
}

Triples Dealer::MakeTriples(int64_t count) {
  Elements a(static_cast<size_t>(count)), b(a), c(a);
  if (party_ == 0) {
    a = Draw(own_, count);
    b = Draw(own_, count);
    for (size_t i = 0; i < c.size(); ++i) c[i] = modulus_.Multiply(a[i], b[i]);
  }
  Triples triples;
  triples.a = Share(a);
  triples.b = Share(b);
  triples.c = Share(c);
  return triples;
}

Powers Dealer::MakePowers(int64_t count, int degree) {
  Elements r(static_cast<size_t>(count));
  if (party_ == 0) r = Draw(own_, count);
  Powers powers;
  Elements power = r;
  for (int j = 1; j <= degree; ++j) {
    powers.r.push_back(Share(power));
    for (size_t i = 0; i < r.size(); ++i) power[i] = modulus_.Multiply(power[i], r[i]);
  }
  return powers;
}

absl::StatusOr<Elements> ShareArithmetic::Open(const Elements& mine) {
  Elements opened(mine.size());
  const int64_t bytes = static_cast<int64_t>(mine.size() * sizeof(uint64_t));
  PICOST_RETURN_IF_ERROR(channel_.Exchange(mine.data(), bytes, opened.data(), bytes));
  for (size_t i = 0; i < mine.size(); ++i) opened[i] = modulus_.Add(opened[i], mine[i]);
  return opened;
}

absl::StatusOr<Elements> ShareArithmetic::Multiply(const Elements& x, const Elements& y,
                                                   const Triples& triples) {
  const size_t n = x.size();
  Elements masked(2 * n);
  for (size_t i = 0; i < n; ++i) {
    masked[i] = modulus_.Subtract(x[i], triples.a[i]);
    masked[n + i] = modulus_.Subtract(y[i], triples.b[i]);
  }
  PICOST_ASSIGN_OR_RETURN(const Elements opened, Open(masked));
  Elements product(n);
  for (size_t i = 0; i < n; ++i) {
    const uint64_t epsilon = opened[i];
    const uint64_t delta = opened[n + i];
    uint64_t z = modulus_.Add(triples.c[i], modulus_.Multiply(epsilon, triples.b[i]));
    z = modulus_.Add(z, modulus_.Multiply(delta, triples.a[i]));
    if (party_ == 0) z = modulus_.Add(z, modulus_.Multiply(epsilon, delta));
    product[i] = z;
  }
  return product;
}

absl::StatusOr<Elements> ShareArithmetic::Square(const Elements& x, const Powers& powers) {
  PICOST_ASSIGN_OR_RETURN(std::vector<Elements> squares, PowersOf(x, powers, 2));
  return std::move(squares[0]);
}

absl::StatusOr<std::vector<Elements>> ShareArithmetic::PowersOf(const Elements& x,
                                                                const Powers& powers, int degree) {
  const size_t n = x.size();
  Elements masked(n);
  for (size_t i = 0; i < n; ++i) masked[i] = modulus_.Subtract(x[i], powers.r[0][i]);
  PICOST_ASSIGN_OR_RETURN(const Elements e, Open(masked));
  std::vector<Elements> result(static_cast<size_t>(degree - 1), Elements(n));
  std::vector<uint64_t> e_power(static_cast<size_t>(degree + 1));
  for (size_t i = 0; i < n; ++i) {
    e_power[0] = 1;
    for (int j = 1; j <= degree; ++j) {
      e_power[static_cast<size_t>(j)] =
          modulus_.Multiply(e_power[static_cast<size_t>(j - 1)], e[i]);
    }
    for (int k = 2; k <= degree; ++k) {
      // e^k is public: party 0 adds it.
      uint64_t sum = party_ == 0 ? e_power[static_cast<size_t>(k)] : 0;
      for (int j = 1; j <= k; ++j) {
        const uint64_t factor =
            modulus_.Multiply(Binomial(k, j), e_power[static_cast<size_t>(k - j)]);
        sum = modulus_.Add(sum, modulus_.Multiply(factor, powers.r[static_cast<size_t>(j - 1)][i]));
      }
      result[static_cast<size_t>(k - 2)][i] = sum;
    }
  }
  return result;
}

absl::StatusOr<std::vector<Elements>> ShareArithmetic::EspnPowers(const Elements& x,
                                                                  const Triples& triples,
                                                                  int degree) {
  const size_t n = x.size();
  // Own powers x_p^0 .. x_p^d; x^0 = 1.
  std::vector<Elements> own(static_cast<size_t>(degree + 1), Elements(n, 1));
  for (int j = 1; j <= degree; ++j) {
    for (size_t i = 0; i < n; ++i) {
      own[static_cast<size_t>(j)][i] = modulus_.Multiply(own[static_cast<size_t>(j - 1)][i], x[i]);
    }
  }
  // Product (k, i): x0^i, a value of party 0 alone, times x1^(k-i), of party 1.
  Elements left, right;
  left.reserve(n * static_cast<size_t>(EspnProducts(degree)));
  right.reserve(left.capacity());
  const Elements nothing(n, 0);
  for (int k = 2; k <= degree; ++k) {
    for (int i = 0; i <= k; ++i) {
      const Elements& l = party_ == 0 ? own[static_cast<size_t>(i)] : nothing;
      const Elements& r = party_ == 0 ? nothing : own[static_cast<size_t>(k - i)];
      left.insert(left.end(), l.begin(), l.end());
      right.insert(right.end(), r.begin(), r.end());
    }
  }
  PICOST_ASSIGN_OR_RETURN(const Elements products, Multiply(left, right, triples));
  std::vector<Elements> result(static_cast<size_t>(degree - 1), Elements(n, 0));
  size_t at = 0;
  for (int k = 2; k <= degree; ++k) {
    for (int i = 0; i <= k; ++i) {
      const uint64_t factor = Binomial(k, i);
      Elements& power = result[static_cast<size_t>(k - 2)];
      for (size_t j = 0; j < n; ++j, ++at) {
        power[j] = modulus_.Add(power[j], modulus_.Multiply(factor, products[at]));
      }
    }
  }
  return result;
}

}  // namespace picost::pi_ref
