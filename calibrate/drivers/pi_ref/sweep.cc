#include "calibrate/drivers/pi_ref/sweep.h"

#include <map>
#include <string>

namespace picost::pi_ref {
namespace {

using ParameterMap = std::map<std::string, int64_t>;

void Add(calibrate::Capabilities& capabilities, const char* operation,
         const ParameterMap& parameters, int64_t count, bool quick) {
  calibrate::SweepPoint& point = *capabilities.add_sweep();
  point.set_operation(operation);
  for (const auto& [name, value] : parameters) (*point.mutable_parameters())[name] = value;
  point.set_count(count);
  point.set_quick(quick);
}

}  // namespace

void DeclareSweep(calibrate::Capabilities& capabilities) {
  for (const int64_t count : {1, 2, 4}) {
    Add(capabilities, "ot.setup", {{"client_first", 0}}, count, true);
  }
  for (const int64_t count : {1024, 4096, 16'384, 262'144, 1'048'576, 4'194'304}) {
    Add(capabilities, "ot.correlated", {{"client_first", 0}}, count, count <= 1'048'576);
    Add(capabilities, "ot.chosen", {{"client_first", 0}}, count, count <= 262'144);
  }
  for (const int64_t count : {256, 1024, 4096, 16'384}) {
    const bool quick = count == 1024 || count == 4096;
    for (const int64_t bits : {16, 32, 41, 64}) {
      Add(capabilities, "gc.relu", {{"field", 0}, {"bits", bits}, {"client_first", 0}}, count,
          quick && bits != 64);
    }
    for (const int64_t bits : {32, 41, 60}) {
      Add(capabilities, "gc.relu", {{"field", 1}, {"bits", bits}, {"client_first", 0}}, count,
          quick && bits == 41);
    }
    Add(capabilities, "gc.relu6",
        {{"field", 1}, {"bits", 41}, {"fraction_bits", 10}, {"client_first", 0}}, count, false);
    Add(capabilities, "gc.truncate",
        {{"field", 0}, {"bits", 37}, {"fraction_bits", 12}, {"client_first", 0}}, count, false);
    for (const int64_t values : {4, 9}) {
      Add(capabilities, "gc.maximum",
          {{"field", 0}, {"bits", 32}, {"values", values}, {"client_first", 0}}, count,
          quick && values == 4);
    }
  }
  // Roles changed: the same code, held against the other direction's forms.
  Add(capabilities, "gc.relu", {{"field", 1}, {"bits", 41}, {"client_first", 1}}, 129, false);
  capabilities.mutable_sweep()->rbegin()->set_check_only(true);
  for (const char* operation : {"ot.setup", "ot.correlated", "ot.chosen"}) {
    Add(capabilities, operation, {{"client_first", 1}}, 129, false);
    capabilities.mutable_sweep()->rbegin()->set_check_only(true);
  }

  // A protocol's widths: the catalogue's fits are one for each. 41 bits are DELPHI's
  // field; rings are what 32 and 64 bits are used for.
  for (const int64_t bits : {32, 37, 41, 64}) {
    for (const int64_t count : {250'000, 1'000'000, 4'000'000, 16'000'000}) {
      // All quickly, too: from two sizes alone nothing tells a call's cost from its products'.
      Add(capabilities, "plain.macs", {{"field", bits == 41 ? 1 : 0}, {"bits", bits}}, count, true);
    }
  }

  for (const int64_t field : {0, 1}) {
    const int64_t bits = field == 1 ? 41 : 64;
    for (const int64_t count : {1024, 8192, 65'536}) {
      const bool quick = count != 65'536 || field == 0;
      Add(capabilities, "ss.multiply", {{"field", field}, {"bits", bits}}, count, quick);
      for (const int64_t degree : {2, 3, 4, 6}) {
        const ParameterMap parameters = {{"field", field}, {"bits", bits}, {"degree", degree}};
        Add(capabilities, "ss.powers", parameters, count, quick && degree % 2 == 0);
        Add(capabilities, "ss.espn", parameters, count, quick && degree == 4 && count <= 8192);
      }
    }
  }
}

}  // namespace picost::pi_ref
