// Bearer tokens: 256 random bits, kept as their SHA-256.
#ifndef PICOST_SERVICE_ACCESS_TOKEN_H_
#define PICOST_SERVICE_ACCESS_TOKEN_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace picost::service {

using TokenDigest = std::array<uint8_t, 32>;

TokenDigest DigestOf(std::string_view token);
// nullopt where it is not 64 hexadecimal digits.
std::optional<TokenDigest> DigestFromHex(std::string_view hex);
std::string ToHex(const TokenDigest& digest);
// In constant time.
bool Equal(const TokenDigest& a, const TokenDigest& b);

// "picost_" and 43 characters of base64url. kInternal where there is no randomness.
absl::StatusOr<std::string> NewToken();

}  // namespace picost::service

#endif  // PICOST_SERVICE_ACCESS_TOKEN_H_
