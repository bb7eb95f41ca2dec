// W3C Trace Context (https://www.w3.org/TR/trace-context/) and request ids.
#ifndef PICOST_SERVICE_LOG_TRACE_CONTEXT_H_
#define PICOST_SERVICE_LOG_TRACE_CONTEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace picost::service {

struct TraceContext {
  std::string trace_id;        // 32 lower-case hexadecimal digits, not all zero
  std::string parent_span_id;  // 16 of them: the caller's; empty where it sent none
  std::string span_id;         // 16 of them: this call's
  std::string flags = "00";

  // "00-TRACE-SPAN-FLAGS", this call's span last: what the caller finds us by.
  std::string ToTraceparent() const;
};

// nullopt where it breaks the rules of the specification (it then counts as
// absent). Versions above 00 are read as 00, as the specification asks.
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// Continues the caller's trace, or begins one.
TraceContext BeginSpan(std::string_view traceparent);

// The caller's own id where it is 1 to 128 of [A-Za-z0-9._:/+=@-], else a new one.
std::string RequestIdOf(std::string_view header);

}  // namespace picost::service

#endif  // PICOST_SERVICE_LOG_TRACE_CONTEXT_H_
