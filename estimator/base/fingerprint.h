// Content digests: the names of models and tables.
//
// A Fingerprinter hashes a sequence of typed fields with SHA-256 (FIPS 180-4).
// Every field is written with its length, so that ("ab","c") and ("a","bc")
// differ. Digests are lower-case hex.
#ifndef PICOST_ESTIMATOR_BASE_FINGERPRINT_H_
#define PICOST_ESTIMATOR_BASE_FINGERPRINT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace picost {

class Fingerprinter {
 public:
  // domain separates uses: "graph", "table", ...
  explicit Fingerprinter(std::string_view domain);

  Fingerprinter& Add(std::string_view bytes);
  Fingerprinter& Add(int64_t value);
  Fingerprinter& Add(double value);  // by its bits

  // 64 hex digits.
  std::string Hex() const;

 private:
  std::string buffer_;
};

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BASE_FINGERPRINT_H_
