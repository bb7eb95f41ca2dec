// Structured log lines on standard error.
#ifndef PICOST_SERVICE_LOG_LOGGER_H_
#define PICOST_SERVICE_LOG_LOGGER_H_

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

#include "service/access/rate_limiter.h"
#include "service/config/picostd_config.pb.h"
#include "service/log/record.pb.h"

namespace picost::service {

// A line without its newline. What strangers sent (ids, messages) cannot break a
// line or begin another.
std::string FormatRecord(const log::Record& record, config::LogFormat format);

// Safe from many threads: a line is written whole.
class Logger {
 public:
  // sink outlives the logger; null: nothing is written.
  Logger(std::FILE* sink, const config::Logging& logging) : sink_(sink), logging_(logging) {}

  // Fills in the time.
  void Info(log::Record record) { Write("INFO", std::move(record)); }
  void Warning(log::Record record) { Write("WARNING", std::move(record)); }
  void Error(log::Record record) { Write("ERROR", std::move(record)); }
  // For what strangers can cause at will: at most 10 lines a second after the first
  // 50. The next line that is written counts those left out.
  void LimitedWarning(log::Record record);

  bool logs_all_calls() const {
    return sink_ != nullptr && logging_.calls() == config::LOG_CALLS_ALL;
  }

 private:
  void Write(const char* severity, log::Record record);

  std::FILE* const sink_;
  const config::Logging logging_;
  std::mutex mutex_;
  RateLimiter limiter_;
  std::atomic<int> left_out_ = 0;
};

// A record that has only a message, and perhaps an error.
log::Record Event(std::string message, std::string error = "");

}  // namespace picost::service

#endif  // PICOST_SERVICE_LOG_LOGGER_H_
