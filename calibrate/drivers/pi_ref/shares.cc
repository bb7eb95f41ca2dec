#include "calibrate/drivers/pi_ref/shares.h"

#include <algorithm>

#include "calibrate/drivers/pi_ref/randomness.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

// Rows 0 .. degree of Pascal's triangle: small public constants.
std::vector<Elements> Binomials(int degree) {
  std::vector<Elements> rows{{1}};
  for (int n = 1; n <= degree; ++n) {
    const Elements& above = rows.back();
    Elements row(static_cast<size_t>(n + 1), 1);
    for (size_t k = 1; k < above.size(); ++k) row[k] = above[k - 1] + above[k];
    rows.push_back(std::move(row));
  }
  return rows;
}

// Elements of both factors that are opened together: 32 KiB, which stay in the cache.
constexpr size_t kPieceElements = 2048;

// Some elements of one pair of factors.
struct Piece {
  size_t pair = 0;
  size_t first = 0;
  size_t count = 0;  // 0: behind the last
  size_t bytes() const { return 2 * count * sizeof(uint64_t); }
};

// The pieces of `pairs` pairs of n elements, in order.
class Pieces {
 public:
  Pieces(size_t pairs, size_t n) : pairs_(n == 0 ? 0 : pairs), n_(n) {}

  Piece Next() {
    if (pair_ == pairs_) return {};
    const Piece piece{pair_, first_, std::min(kPieceElements, n_ - first_)};
    first_ += piece.count;
    if (first_ == n_) {
      first_ = 0;
      ++pair_;
    }
    return piece;
  }

 private:
  size_t pairs_;
  size_t n_;
  size_t pair_ = 0;
  size_t first_ = 0;
};

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

absl::Status ShareArithmetic::MultiplyPairs(const std::vector<Factors>& pairs,
                                            const Triples& triples, const Take& take) {
  const size_t n = pairs.empty() ? 0 : pairs[0].x->size();
  // Differences of some elements: of all x, then of all y. Made once to be sent, and once
  // more to be added to what came: cheaper than to keep them until then.
  const auto mask = [&](const Piece& piece, uint64_t* out) {
    const uint64_t* x = pairs[piece.pair].x->data() + piece.first;
    const uint64_t* y = pairs[piece.pair].y->data() + piece.first;
    const size_t at = piece.pair * n + piece.first;
    for (size_t i = 0; i < piece.count; ++i) {
      out[i] = modulus_.Subtract(x[i], triples.a[at + i]);
      out[piece.count + i] = modulus_.Subtract(y[i], triples.b[at + i]);
    }
  };
  Elements sent(2 * kPieceElements), mine(sent), theirs(sent), products(kPieceElements);
  Pieces out(pairs.size(), n), in(pairs.size(), n);
  Piece coming;
  return channel_.Exchange(
      [&]() -> std::span<const char> {
        const Piece piece = out.Next();
        if (piece.count != 0) mask(piece, sent.data());
        return {reinterpret_cast<const char*>(sent.data()), piece.bytes()};
      },
      [&]() -> std::span<char> {
        if (coming.count != 0) {
          mask(coming, mine.data());
          const size_t at = coming.pair * n + coming.first;
          for (size_t i = 0; i < coming.count; ++i) {
            const uint64_t epsilon = modulus_.Add(mine[i], theirs[i]);
            const uint64_t delta = modulus_.Add(mine[coming.count + i], theirs[coming.count + i]);
            uint64_t z =
                modulus_.Add(triples.c[at + i], modulus_.Multiply(epsilon, triples.b[at + i]));
            z = modulus_.Add(z, modulus_.Multiply(delta, triples.a[at + i]));
            if (party_ == 0) z = modulus_.Add(z, modulus_.Multiply(epsilon, delta));
            products[i] = z;
          }
          take(coming.pair, coming.first, {products.data(), coming.count});
        }
        coming = in.Next();
        return {reinterpret_cast<char*>(theirs.data()), coming.bytes()};
      });
}

absl::StatusOr<Elements> ShareArithmetic::Multiply(const Elements& x, const Elements& y,
                                                   const Triples& triples) {
  Elements product(x.size());
  PICOST_RETURN_IF_ERROR(MultiplyPairs(
      {{&x, &y}}, triples, [&](size_t, size_t first, std::span<const uint64_t> products) {
        std::copy(products.begin(), products.end(), product.begin() + static_cast<int64_t>(first));
      }));
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
  const std::vector<Elements> binomials = Binomials(degree);
  for (size_t i = 0; i < n; ++i) {
    e_power[0] = 1;
    for (int j = 1; j <= degree; ++j) {
      e_power[static_cast<size_t>(j)] =
          modulus_.Multiply(e_power[static_cast<size_t>(j - 1)], e[i]);
    }
    for (int k = 2; k <= degree; ++k) {
      // e^k is public: party 0 adds it.
      uint64_t sum = party_ == 0 ? e_power[static_cast<size_t>(k)] : 0;
      const Elements& binomial = binomials[static_cast<size_t>(k)];
      for (int j = 1; j <= k; ++j) {
        const uint64_t factor = modulus_.Multiply(binomial[static_cast<size_t>(j)],
                                                  e_power[static_cast<size_t>(k - j)]);
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
  const Elements nothing(n, 0);
  const std::vector<Elements> binomials = Binomials(degree);
  struct Term {
    size_t power;
    uint64_t factor;
  };
  std::vector<Factors> pairs;
  std::vector<Term> terms;  // of the pairs
  for (int k = 2; k <= degree; ++k) {
    for (int i = 0; i <= k; ++i) {
      pairs.push_back({party_ == 0 ? &own[static_cast<size_t>(i)] : &nothing,
                       party_ == 0 ? &nothing : &own[static_cast<size_t>(k - i)]});
      terms.push_back(
          {static_cast<size_t>(k - 2), binomials[static_cast<size_t>(k)][static_cast<size_t>(i)]});
    }
  }
  std::vector<Elements> result(static_cast<size_t>(degree - 1), Elements(n, 0));
  PICOST_RETURN_IF_ERROR(MultiplyPairs(
      pairs, triples, [&](size_t pair, size_t first, std::span<const uint64_t> products) {
        uint64_t* power = result[terms[pair].power].data() + first;
        for (size_t i = 0; i < products.size(); ++i) {
          power[i] = modulus_.Add(power[i], modulus_.Multiply(terms[pair].factor, products[i]));
        }
      }));
  return result;
}

}  // namespace picost::pi_ref
