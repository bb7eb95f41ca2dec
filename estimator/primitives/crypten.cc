// CrypTen (Knott et al., NeurIPS 2021), read in its code: mpc/primitives/circuit.py,
// converters.py, beaver.py. 64-bit words, triples from a trusted dealer: online only.
//
//   crypten.sign  arithmetic to binary shares without communication; an adder: one AND
//                 that opens two words, then log2(64) = 6 levels that open three each;
//                 the sign bit back to arithmetic, one word:
//                 2 + 6 x 3 + 1 = 21 words of 8 bytes each way, 8 exchanges
//
// Work is counted in the items of the Beaver family: an AND of words costs what a
// product of words does, three local products each, 13 of them.
#include "estimator/primitives/crypten.h"

#include <cstdint>

#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

constexpr int64_t kExchanges = 8;
constexpr int64_t kWords = 21;
constexpr int64_t kAnds = 13;

Traffic SignTraffic(const Parameters&, int64_t count) {
  const Bytes bytes(Product({count, kWords, 8}));
  return {.client_to_server = bytes, .server_to_client = bytes, .flights = Flights(kExchanges)};
}
std::vector<int64_t> SignUse(const Parameters&, int64_t count) {
  return {kExchanges, Product({count, kWords}), Product({count, 3 * kAnds})};
}

Traffic Nothing(const Parameters&, int64_t) { return {}; }
std::vector<int64_t> CountUse(const Parameters&, int64_t count) { return {count}; }

}  // namespace

std::vector<PrimitiveSpec> CrypTenPrimitives() {
  std::vector<PrimitiveSpec> specs;
  PrimitiveSpec sign;
  sign.id = "crypten.sign";
  sign.family = Family::kSecretSharing;
  sign.unit = "one sign of a 64-bit element";
  sign.citation = "CrypTen (Knott et al., NeurIPS 2021), mpc/primitives/circuit.py";
  sign.status = FormStatus::kDerived;
  sign.cost_group = "beaver";
  sign.duplex = true;
  sign.parameters = {{"field", "1: a prime field; 0: a ring of words", 0, 0, true}};
  sign.usage = {{"calls", "exchanges"},
                {"opened_elements", "elements that each party sends"},
                {"local_products", "products on shares, of the busier party"}};
  sign.traffic = SignTraffic;
  sign.use = SignUse;
  specs.push_back(sign);

  PrimitiveSpec proxy;
  proxy.id = "proxy.relu";
  proxy.family = Family::kWholeProtocol;
  proxy.unit = "one ReLU element";
  proxy.citation = "the ReLU count as a stand-in for latency (CryptoNAS, NeurIPS 2020)";
  proxy.status = FormStatus::kDerived;
  proxy.usage = {{"relus", "ReLU elements"}};
  proxy.traffic = Nothing;
  proxy.use = CountUse;
  specs.push_back(proxy);
  return specs;
}

}  // namespace picost::primitives
