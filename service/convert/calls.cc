#include "service/convert/calls.h"

#include "absl/strings/str_cat.h"
#include "service/convert/enums.h"

namespace picost::service {

void ToProto(const primitives::Traffic& from, v1::Traffic& to) {
  to.set_client_to_server_bytes(from.client_to_server.value());
  to.set_server_to_client_bytes(from.server_to_client.value());
  to.set_flights(from.flights.value());
}

void ToProto(const primitives::Parameters& from,
             google::protobuf::RepeatedPtrField<v1::NamedInteger>& to) {
  for (const auto& [name, value] : from.values()) {
    auto* entry = to.Add();
    entry->set_name(name);
    entry->set_value(value);
  }
}

void ToProto(const primitives::PrimitiveCall& from, v1::CallCost& to) {
  to.set_primitive(absl::StrCat("primitives/", from.spec->id));
  ToProto(from.parameters, *to.mutable_parameters());
  to.set_count(from.count);
  to.set_phase(ToProto(from.phase));
  to.set_executor(ToProto(from.executor));
  to.set_traffic_status(ToProto(from.spec->status));
  ToProto(from.traffic, *to.mutable_traffic());
  to.set_critical_flights(from.critical_flights.value());
}

void ToProto(const primitives::Operations& from, v1::CryptoOperations& to) {
  to.set_ciphertext_products(from.ciphertext_products);
  to.set_key_switches(from.key_switches);
  to.set_oblivious_transfers(from.oblivious_transfers);
  to.set_garbled_gates(from.garbled_gates);
}

void ToProto(const primitives::MemoryItem& from, v1::MemoryItem& to) {
  to.set_name(from.name);
  to.set_phase(ToProto(from.phase));
  to.set_client_bytes(from.client.value());
  to.set_server_bytes(from.server.value());
  to.set_note(from.note);
}

}  // namespace picost::service
