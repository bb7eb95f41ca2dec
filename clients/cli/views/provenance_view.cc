#include "clients/cli/views/provenance_view.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/views/numbers.h"

namespace picost::cli {
namespace {

const char* OriginName(v1::TableOrigin origin) {
  switch (origin) {
    case v1::TABLE_ORIGIN_MEASURED:
      return "measured";
    case v1::TABLE_ORIGIN_PUBLISHED:
      return "published by others";
    case v1::TABLE_ORIGIN_SYNTHETIC:
      return "synthetic";
    default:
      return "of unknown origin";
  }
}

}  // namespace

void PrintProvenance(const v1::Provenance& provenance, std::ostream& out) {
  out << "\n  " << provenance.model() << "\n  " << provenance.protocol() << " "
      << provenance.protocol_version();
  for (const v1::NamedInteger& parameter : provenance.protocol_parameters()) {
    out << " " << parameter.name() << "=" << parameter.value();
  }
  out << "\n";
  if (provenance.client_to_server_bytes_per_second() > 0) {
    out << "  network: round trip " << HumanSeconds(provenance.round_trip_seconds()) << ", up "
        << HumanRate(provenance.client_to_server_bytes_per_second()) << ", down "
        << HumanRate(provenance.server_to_client_bytes_per_second()) << "\n";
  }
  std::set<std::string> seen;
  for (const v1::TableUse& use : provenance.tables()) {
    const std::string line =
        absl::StrCat("  seconds from ", use.table().substr(0, 19), " ", use.title(), ", ",
                     OriginName(use.origin()), use.scaled_from().empty() ? "" : ", scaled");
    if (seen.insert(line).second) out << line << "\n";
  }
}

}  // namespace picost::cli
