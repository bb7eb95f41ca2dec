#include "service/tls/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Handle = std::unique_ptr<T, Free>;

absl::Status Wrong(const std::string& file, const std::string& what, const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(file, ": ", what),
                   {.field = "tls", .mend = mend});
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Wrong(path, absl::StrCat("cannot be read: ", std::strerror(errno)),
                 "Let the daemon's user read it.");
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// No pass phrase: a daemon has nobody to ask.
int NoPassPhrase(char*, int, int, void*) { return 0; }

absl::StatusOr<Handle<X509>> ParseFirst(const std::string& path, const std::string& pem) {
  const Handle<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Handle<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassPhrase, nullptr));
  if (certificate == nullptr) {
    return Wrong(path, "holds no certificate in PEM", "Give a file with BEGIN CERTIFICATE.");
  }
  return certificate;
}

int64_t UnixSeconds(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<int64_t>(timegm(&parts));
}

absl::Status CheckValidity(const std::string& path, const X509* certificate, int64_t now) {
  const int64_t begin = UnixSeconds(X509_get0_notBefore(certificate));
  const int64_t end = UnixSeconds(X509_get0_notAfter(certificate));
  const auto day = [](int64_t seconds) {
    return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
  };
  if (now > end) {
    return Wrong(path, absl::StrCat("the certificate expired at ", day(end)),
                 "Renew it, then start the daemon or send SIGHUP.");
  }
  if (now < begin) {
    return Wrong(path, absl::StrCat("the certificate is valid only from ", day(begin)),
                 "Look at the clock of this machine, or wait.");
  }
  return absl::OkStatus();
}

std::string SubjectOf(const X509* certificate) {
  char line[256] = "";
  X509_NAME_oneline(X509_get_subject_name(certificate), line, sizeof(line));
  return line;
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const config::Tls& tls, int64_t now_unix_seconds) {
  Certificates read;
  PICOST_ASSIGN_OR_RETURN(read.certificate_pem, ReadPem(tls.certificate_file()));
  PICOST_ASSIGN_OR_RETURN(read.key_pem, ReadPem(tls.key_file()));
  PICOST_ASSIGN_OR_RETURN(const Handle<X509> certificate,
                          ParseFirst(tls.certificate_file(), read.certificate_pem));
  const Handle<BIO> bio(
      BIO_new_mem_buf(read.key_pem.data(), static_cast<int>(read.key_pem.size())));
  const Handle<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassPhrase, nullptr));
  if (key == nullptr) {
    return Wrong(tls.key_file(), "holds no private key in PEM without a pass phrase",
                 "Give a file with BEGIN PRIVATE KEY.");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Wrong(tls.key_file(), absl::StrCat("is not the key of ", tls.certificate_file()),
                 "Put both files of one certificate in place, then send SIGHUP.");
  }
  PICOST_RETURN_IF_ERROR(
      CheckValidity(tls.certificate_file(), certificate.get(), now_unix_seconds));
  if (!tls.client_ca_file().empty()) {
    PICOST_ASSIGN_OR_RETURN(read.client_ca_pem, ReadPem(tls.client_ca_file()));
    PICOST_ASSIGN_OR_RETURN(const Handle<X509> authority,
                            ParseFirst(tls.client_ca_file(), read.client_ca_pem));
    PICOST_RETURN_IF_ERROR(CheckValidity(tls.client_ca_file(), authority.get(), now_unix_seconds));
  }
  read.not_after_unix_seconds = UnixSeconds(X509_get0_notAfter(certificate.get()));
  read.subject = SubjectOf(certificate.get());
  return read;
}

}  // namespace picost::service
