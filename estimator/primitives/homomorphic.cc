// BFV with SIMD slots. Operation counts are the planner's; here is what they send
// and what a table prices: constants per operation at one ring degree and number of
// data primes. Wire sizes of DELPHI (SEAL 3.3, uncompressed) are parameters.
#include "estimator/primitives/homomorphic.h"

#include <cstdint>

#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

constexpr char kCitation[] =
    "BFV (Fan, Vercauteren 2012) as DELPHI (Mishra et al., USENIX Security 2020) and GAZELLE use "
    "it; byte counts of Garimella et al. (ASPLOS 2023)";

Traffic OneWay(bool up, int64_t bytes) {
  return {.client_to_server = Bytes(up ? bytes : 0),
          .server_to_client = Bytes(up ? 0 : bytes),
          .flights = Flights(bytes > 0 ? 1 : 0)};
}
Traffic Nothing(const Parameters&, int64_t) { return {}; }

// A BFV key-switching key holds, for each data prime, a pair of polynomials over
// all primes (data + 1 special): seeded, the second is a 32-byte seed.
Traffic KeyTraffic(const Parameters& p, int64_t count) {
  const int64_t data = p.Get("data_primes");
  const int64_t polynomial = Product({p.Get("ring_degree"), 8, data + 1});
  const int64_t keys = p.Get("galois_keys") + p.Get("relinearization_keys");
  const int64_t switching = Product({keys, data, polynomial});
  const int64_t public_key = p.Get("public_keys") * polynomial;
  return OneWay(true, Product({count, Sum({switching, public_key, p.Get("framing_bytes")})}));
}
std::vector<int64_t> KeyUse(const Parameters& p, int64_t count) {
  return {Product({count, p.Get("galois_keys") + p.Get("relinearization_keys")}), count};
}

Traffic EncryptTraffic(const Parameters& p, int64_t count) {
  return OneWay(true, Sum({Product({count, p.Get("ciphertext_bytes")}), p.Get("message_bytes")}));
}
std::vector<int64_t> CountUse(const Parameters&, int64_t count) { return {count}; }

Traffic LinearTraffic(const Parameters& p, int64_t count) {
  return OneWay(
      false, Product({count, Sum({Product({p.Get("output_ciphertexts"), p.Get("ciphertext_bytes")}),
                                  p.Get("message_bytes")})}));
}
std::vector<int64_t> LinearUse(const Parameters& p, int64_t count) {
  return {Product({count, p.Get("products")}), Product({count, p.Get("key_switches")}),
          Product({count, p.Get("encodings")}), Product({count, p.Get("output_ciphertexts")})};
}

// Multiplication triples for up to ring_degree elements: two ciphertexts up, one
// down (DELPHI, quadratic activations).
Traffic TripleTraffic(const Parameters& p, int64_t count) {
  const int64_t blocks = CeilDiv(count, p.Get("ring_degree"));
  return {.client_to_server = Bytes(Product({2 * blocks, p.Get("ciphertext_bytes")})),
          .server_to_client = Bytes(Product({blocks, p.Get("ciphertext_bytes")})),
          .flights = Flights(2)};
}
std::vector<int64_t> TripleUse(const Parameters& p, int64_t count) {
  return {CeilDiv(count, p.Get("ring_degree"))};
}

}  // namespace

std::vector<PrimitiveSpec> HomomorphicPrimitives() {
  const auto base = [](const char* id, const char* unit, FormStatus status) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kHomomorphic;
    spec.unit = unit;
    spec.citation = kCitation;
    spec.status = status;
    spec.parameters = {{"ring_degree", "coefficients of a polynomial", 1024, 65536, true},
                       {"data_primes", "primes of a fresh ciphertext", 1, 16, true}};
    return spec;
  };
  constexpr int64_t kCount = int64_t{1} << 40;
  constexpr int64_t kBytes = int64_t{1} << 32;
  const ParameterSpec ciphertext = {"ciphertext_bytes", "bytes of a ciphertext on the wire", 0,
                                    kBytes, false};
  const ParameterSpec message = {"message_bytes", "framing of a message", 0, 1024, false};
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec keys = base("he.keygen", "one client's keys", FormStatus::kEmpirical);
  keys.traffic_relative_bound = 0.005;
  keys.parameters.insert(
      keys.parameters.end(),
      {{"galois_keys", "rotation keys", 0, 4096, false},
       {"relinearization_keys", "relinearization keys", 0, 16, false},
       {"public_keys", "polynomial vectors of public key that are sent", 0, 2, false},
       {"framing_bytes", "serialisation overhead", 0, kBytes, false}});
  keys.usage = {{"switching_keys", "key-switching keys made and sent"},
                {"key_sets", "secret and public keys made"}};
  keys.traffic = KeyTraffic;
  keys.use = KeyUse;
  specs.push_back(keys);

  PrimitiveSpec encrypt = base("he.encrypt", "one ciphertext", FormStatus::kVerified);
  encrypt.parameters.insert(encrypt.parameters.end(), {ciphertext, message});
  encrypt.usage = {{"ciphertexts", "plaintexts encoded and encrypted"}};
  encrypt.traffic = EncryptTraffic;
  encrypt.use = CountUse;
  specs.push_back(encrypt);

  PrimitiveSpec linear =
      base("he.linear_evaluation", "one linear layer of one input", FormStatus::kVerified);
  linear.parameters.insert(
      linear.parameters.end(),
      {{"products", "ciphertext-plaintext products", 0, kCount, false},
       {"key_switches", "key switches: rotations by powers of two", 0, kCount, false},
       {"encodings", "plaintexts encoded at inference time", 0, kCount, false},
       {"output_ciphertexts", "ciphertexts of the reply", 0, kCount, false},
       ciphertext,
       message});
  linear.usage = {{"products", "ciphertext-plaintext products", Operation::kCiphertextProduct},
                  {"key_switches", "key switches", Operation::kKeySwitch},
                  {"encodings", "plaintexts encoded"},
                  {"output_ciphertexts", "replies masked and sent"}};
  linear.traffic = LinearTraffic;
  linear.use = LinearUse;
  specs.push_back(linear);

  PrimitiveSpec decrypt = base("he.decrypt", "one ciphertext", FormStatus::kVerified);
  // Published decryption takes a layer's share beside that of its ciphertexts.
  decrypt.usage = {{"messages", "replies, of one or more ciphertexts"},
                   {"ciphertexts", "ciphertexts decrypted and decoded"}};
  decrypt.traffic = Nothing;
  decrypt.use = [](const Parameters&, int64_t count) { return std::vector<int64_t>{1, count}; };
  specs.push_back(decrypt);

  PrimitiveSpec triple = base("he.multiplication_triples", "one triple", FormStatus::kDerived);
  triple.parameters.push_back(ciphertext);
  triple.usage = {{"blocks", "ciphertext-ciphertext products with relinearization",
                   Operation::kCiphertextProduct}};
  triple.traffic = TripleTraffic;
  triple.use = TripleUse;
  specs.push_back(triple);
  return specs;
}

}  // namespace picost::primitives
