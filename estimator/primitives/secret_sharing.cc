// Openings of masked shares (Beaver, CRYPTO 1991): both parties send the same
// number of elements at once, so that a call is one flight whatever it computes.
//
//   beaver.multiply  opens x - a and y - b:         2 elements each way
//   beaver.powers    opens x - r once, then x^2..x^d are local on the shares of
//                    r..r^d (HoneyBadgerMPC, Lu et al., CCS 2019); degree 2 is
//                    Beaver's square:               1 element each way
//   beaver.espn      x^2..x^d as Beaver products of the parties' own powers, as
//                    CrypTen-ESPN does it (PILLAR): 2 P(d) elements each way,
//                    P(d) = sum over k = 2..d of k + 1 = (d+1)(d+2)/2 - 3
//
// Work is the same everywhere, so the three share one fit: calls, opened
// elements, and local products. The party that adds the public terms does:
//   multiply  3 a product (e b, d a, e d)
//   powers    d for the powers of e, and 2 k for each k = 2..d
//   espn      d for its own powers, 3 P for the products, P for their factors
#include "estimator/primitives/secret_sharing.h"

#include <cstdint>

#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

int64_t EspnProducts(int64_t degree) { return (degree + 1) * (degree + 2) / 2 - 3; }

Traffic Exchange(const Parameters& p, int64_t elements) {
  const int64_t bytes = Product({elements, p.Get("element_bytes")});
  return {.client_to_server = Bytes(bytes),
          .server_to_client = Bytes(bytes),
          .flights = Flights(bytes > 0 ? 1 : 0)};
}

int64_t MultiplyOpened(const Parameters&) { return 2; }
int64_t PowersOpened(const Parameters&) { return 1; }
int64_t EspnOpened(const Parameters& p) { return 2 * EspnProducts(p.Get("degree")); }

int64_t MultiplyLocal(const Parameters&) { return 3; }
int64_t PowersLocal(const Parameters& p) {
  const int64_t degree = p.Get("degree");
  return degree + (degree * (degree + 1) - 2);  // 2 (2 + ... + d) = d (d+1) - 2
}
int64_t EspnLocal(const Parameters& p) {
  return p.Get("degree") + 4 * EspnProducts(p.Get("degree"));
}

using PerElement = int64_t (*)(const Parameters&);

template <PerElement kOpened>
Traffic OpeningTraffic(const Parameters& p, int64_t count) {
  return Exchange(p, Product({count, kOpened(p)}));
}
template <PerElement kOpened, PerElement kLocal>
std::vector<int64_t> OpeningUse(const Parameters& p, int64_t count) {
  return {1, Product({count, kOpened(p)}), Product({count, kLocal(p)})};
}

}  // namespace

std::vector<PrimitiveSpec> SecretSharingPrimitives() {
  const auto base = [](const char* id, const char* unit, const char* citation) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kSecretSharing;
    spec.unit = unit;
    spec.citation = citation;
    spec.status = FormStatus::kVerified;
    spec.cost_group = "beaver";
    spec.duplex = true;
    spec.usage = {{"calls", "exchanges"},
                  {"opened_elements", "elements that each party sends"},
                  {"local_products", "products on shares, of the busier party"}};
    return spec;
  };
  const ParameterSpec element_bytes = {"element_bytes", "bytes of an element on the wire", 1, 64,
                                       false};
  const ParameterSpec field = {"field", "1: a prime field; 0: a ring of words", 0, 1, true};
  const ParameterSpec degree = {"degree", "highest power", 2, 16, false};
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec multiply = base("beaver.multiply", "one product of two shared elements",
                                "Beaver, CRYPTO 1991; CrypTen, mpc/primitives/beaver.py");
  multiply.parameters = {element_bytes, field};
  multiply.traffic = OpeningTraffic<MultiplyOpened>;
  multiply.use = OpeningUse<MultiplyOpened, MultiplyLocal>;
  specs.push_back(multiply);

  PrimitiveSpec powers = base("beaver.powers", "one element raised to 2..degree",
                              "HoneyBadgerMPC (Lu et al., CCS 2019); PILLAR");
  powers.parameters = {element_bytes, field, degree};
  powers.traffic = OpeningTraffic<PowersOpened>;
  powers.use = OpeningUse<PowersOpened, PowersLocal>;
  specs.push_back(powers);

  PrimitiveSpec espn = base("beaver.espn", "one element raised to 2..degree",
                            "PILLAR; CrypTen-ESPN, common/functions/power.py");
  espn.parameters = {element_bytes, field, degree};
  espn.traffic = OpeningTraffic<EspnOpened>;
  espn.use = OpeningUse<EspnOpened, EspnLocal>;
  specs.push_back(espn);
  return specs;
}

}  // namespace picost::primitives
