#include "estimator/base/fingerprint.h"

#include <openssl/sha.h>

#include <bit>

#include "absl/strings/escaping.h"

namespace picost {
namespace {

void AppendInt(uint64_t value, std::string* out) {
  for (int i = 0; i < 8; ++i) out->push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

}  // namespace

Fingerprinter::Fingerprinter(std::string_view domain) { Add(domain); }

Fingerprinter& Fingerprinter::Add(std::string_view bytes) {
  buffer_.push_back('s');
  AppendInt(bytes.size(), &buffer_);
  buffer_.append(bytes);
  return *this;
}

Fingerprinter& Fingerprinter::Add(int64_t value) {
  buffer_.push_back('i');
  AppendInt(static_cast<uint64_t>(value), &buffer_);
  return *this;
}

Fingerprinter& Fingerprinter::Add(double value) {
  buffer_.push_back('d');
  AppendInt(std::bit_cast<uint64_t>(value), &buffer_);
  return *this;
}

std::string Fingerprinter::Hex() const {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(buffer_.data()), buffer_.size(), digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

}  // namespace picost
