#include "service/log/trace_context.h"

#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"

namespace picost::service {
namespace {

constexpr size_t kMaxRequestId = 128;

// Identifiers need to differ, not to be secret.
uint64_t Random() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine();
}

std::string RandomHex16() {
  uint64_t value = 0;
  while (value == 0) value = Random();  // zero is no id
  return absl::StrCat(absl::Hex(value, absl::kZeroPad16));
}

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string TraceContext::ToTraceparent() const {
  return absl::StrCat("00-", trace_id, "-", span_id, "-", flags);
}

std::optional<TraceContext> ParseTraceparent(std::string_view header) {
  constexpr size_t kLength = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
  if (header.size() < kLength) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  if (!IsLowerHex(version) || version == "ff") return std::nullopt;
  if (version == "00" ? header.size() != kLength
                      : header.size() > kLength && header[kLength] != '-') {
    return std::nullopt;
  }
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const std::string_view trace = header.substr(3, 32);
  const std::string_view span = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!IsLowerHex(trace) || !IsLowerHex(span) || !IsLowerHex(flags)) return std::nullopt;
  if (IsZero(trace) || IsZero(span)) return std::nullopt;
  return TraceContext{.trace_id = std::string(trace),
                      .parent_span_id = std::string(span),
                      .span_id = "",
                      .flags = std::string(flags)};
}

TraceContext BeginSpan(std::string_view traceparent) {
  auto context = ParseTraceparent(traceparent);
  if (!context.has_value()) {
    context = TraceContext{.trace_id = absl::StrCat(RandomHex16(), RandomHex16())};
  }
  context->span_id = RandomHex16();
  return *std::move(context);
}

std::string RequestIdOf(std::string_view header) {
  const bool good = !header.empty() && header.size() <= kMaxRequestId &&
                    header.find_first_not_of(
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789._:/+=@-") == std::string_view::npos;
  return good ? std::string(header) : RandomHex16();
}

}  // namespace picost::service
