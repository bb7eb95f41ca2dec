// The server's linear layers on shares, and sending shares.
#include "estimator/primitives/plaintext.h"

#include <cstdint>
#include <utility>

#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

Traffic Nothing(const Parameters&, int64_t) { return {}; }

Traffic SendTraffic(const Parameters& p, int64_t count) {
  const int64_t bytes = Sum({Product({count, p.Get("element_bytes")}), p.Get("message_bytes")});
  const bool client = p.Get("client_sends") != 0;
  return {.client_to_server = Bytes(client ? bytes : 0),
          .server_to_client = Bytes(client ? 0 : bytes),
          .flights = Flights(1)};
}

// Both parties open masked values at the same time: one flight.
Traffic ExchangeTraffic(const Parameters& p, int64_t count) {
  const Bytes bytes(
      Sum({Product({count, p.Get("values"), p.Get("element_bytes")}), p.Get("message_bytes")}));
  return {.client_to_server = bytes, .server_to_client = bytes, .flights = Flights(1)};
}
std::vector<int64_t> ExchangeUse(const Parameters& p, int64_t count) {
  return {Product({count, p.Get("values")})};
}

}  // namespace

std::vector<PrimitiveSpec> PlaintextPrimitives() {
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec macs;
  macs.id = "plaintext.field_macs";
  macs.family = Family::kPlaintext;
  macs.unit = "one multiply-add modulo a prime";
  macs.citation = "arithmetic of DELPHI's online linear layers; nothing is sent";
  macs.status = FormStatus::kVerified;
  macs.parameters = {{"field_bits", "bit width of the modulus", 8, 64, true}};
  // ResNet-32 has an eighth of ResNet-18's multiply-adds and twice its layers, and was
  // published to take two thirds of its time: there is a cost of each call.
  macs.usage = {{"calls", "layers"}, {"macs", "multiply-adds"}};
  macs.traffic = Nothing;
  macs.use = [](const Parameters&, int64_t count) { return std::vector<int64_t>{1, count}; };
  specs.push_back(macs);

  PrimitiveSpec send;
  send.id = "shares.send";
  send.family = Family::kPlaintext;
  send.unit = "one field or ring element";
  send.citation = "DELPHI (mc2-project): 8 bytes and a scale byte; Garimella et al. (ASPLOS 2023)";
  send.status = FormStatus::kVerified;
  send.parameters = {{"element_bytes", "bytes of an element on the wire", 1, 64, false},
                     {"message_bytes", "framing of the message", 0, 1024, false},
                     {"client_sends", "1: client to server; 0: server to client", 0, 1, false}};
  // No work is priced: plain serialisation runs at 26 GB/s on the machine measured
  // (SEAL, 524,393 bytes in 20 microseconds), below 1 ns for an element, where the
  // circuit of the same element takes 18 microseconds.
  send.traffic = SendTraffic;
  send.use = [](const Parameters&, int64_t) { return std::vector<int64_t>(); };
  specs.push_back(send);

  // A partly kept activation: each party copies its shares of the elements that are kept
  // into a batch of their own, and their results back. Nothing is sent: in the measured
  // networks with a tenth of the ReLUs (data/runs) these steps have no message.
  for (const auto& [id, unit] : {std::pair("shares.gather", "one kept element, copied out"),
                                 std::pair("shares.scatter", "one kept element, put back")}) {
    PrimitiveSpec copy;
    copy.id = id;
    copy.family = Family::kPlaintext;
    copy.unit = unit;
    copy.citation =
        "local selection, as in the measured runs of partly kept networks; its time is below 1 ns "
        "an element";
    copy.status = FormStatus::kVerified;
    copy.traffic = Nothing;
    copy.use = [](const Parameters&, int64_t) { return std::vector<int64_t>(); };
    specs.push_back(copy);
  }

  PrimitiveSpec exchange;
  exchange.id = "shares.exchange";
  exchange.family = Family::kPlaintext;
  exchange.unit = "one element of a product of shares";
  exchange.citation = "Beaver (CRYPTO 1991): each party opens its masked operands";
  exchange.status = FormStatus::kDerived;
  exchange.duplex = true;
  exchange.parameters = {
      {"values", "masked values opened for each element: 2 for a product, 1 for a square", 1, 4096,
       false},
      {"element_bytes", "bytes of an element on the wire", 1, 64, false},
      {"message_bytes", "framing of the message", 0, 1024, false}};
  exchange.usage = {{"values", "values opened by each party"}};
  exchange.traffic = ExchangeTraffic;
  exchange.use = ExchangeUse;
  specs.push_back(exchange);
  return specs;
}

}  // namespace picost::primitives
