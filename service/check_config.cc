#include "service/check_config.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "estimator/cost/data_directory.h"
#include "service/access/access_control.h"
#include "service/config/config_check.h"
#include "service/tls/certificates.h"

namespace picost::service {
namespace {

class Findings {
 public:
  explicit Findings(std::ostream& out) : out_(out) {}

  void Add(const std::string& what, const absl::Status& status, const std::string& detail) {
    out_ << (status.ok() ? "ok      " : "PROBLEM ") << what << ": "
         << (status.ok() ? detail : std::string(status.message())) << "\n";
    good_ = good_ && status.ok();
  }
  void Warn(const std::string& what, const std::string& detail) {
    out_ << "warning " << what << ": " << detail << "\n";
  }
  bool good() const { return good_; }

 private:
  std::ostream& out_;
  bool good_ = true;
};

}  // namespace

bool CheckFiles(const config::DaemonConfig& given, std::ostream& out) {
  const config::DaemonConfig config = WithDefaults(given);
  const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  Findings findings(out);
  for (const config::Listener& listener : config.listeners()) {
    const std::string what = absl::StrCat("listener ", listener.address());
    if (listener.has_tls()) {
      const auto certificates = ReadCertificates(listener.tls(), now);
      findings.Add(
          what, certificates.status(),
          certificates.ok()
              ? absl::StrCat(
                    "certificate of ", certificates->subject, ", valid until ",
                    absl::FormatTime(absl::RFC3339_sec,
                                     absl::FromUnixSeconds(certificates->not_after_unix_seconds),
                                     absl::UTCTimeZone()))
              : "");
    } else {
      findings.Add(what, absl::OkStatus(), "not encrypted");
      if (!IsLocalAddress(listener.address())) {
        findings.Warn(what, "others on the network can read and change what passes");
      }
    }
  }
  if (config.has_access()) {
    const auto access = AccessControl::Create(config);
    findings.Add("principals", access.status(),
                 access.ok() ? absl::StrCat((*access)->size(), " principals") : "");
  } else {
    findings.Warn("access", "whoever reaches a listener may do everything");
  }
  const auto data = cost::DataDirectory::Load(
      config.data_dir(), {.skip_broken_tables = true, .calibration_dir = config.calibration_dir()});
  findings.Add(absl::StrCat("data ", config.data_dir()), data.status(),
               data.ok()
                   ? absl::StrCat((*data)->tables().size(), " tables, ", (*data)->networks().size(),
                                  " networks, ", (*data)->deployments().size(), " deployments")
                   : "");
  if (data.ok()) {
    for (const cost::SkippedTable& skipped : (*data)->skipped()) {
      findings.Add(absl::StrCat("table ", skipped.name), absl::InvalidArgumentError(skipped.reason),
                   "");
    }
  }
  const std::string kind = config.store().substr(0, config.store().find(':'));
  findings.Add("store", absl::OkStatus(), absl::StrCat(kind, ", not opened"));
  return findings.good();
}

}  // namespace picost::service
