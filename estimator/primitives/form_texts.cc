#include "estimator/primitives/form_texts.h"

namespace picost::primitives {
namespace {

const Parameters& ExampleConvolution(bool cheetah) {
  static const auto* const plain = new Parameters{
      {"in_channels", 64},  {"out_channels", 64}, {"height", 32},       {"width", 32},
      {"kernel_height", 3}, {"kernel_width", 3},  {"stride_height", 1}, {"stride_width", 1},
      {"pad_top", 1},       {"pad_bottom", 1},    {"pad_left", 1},      {"pad_right", 1}};
  static const auto* const with_ring = [] {
    auto* parameters = new Parameters(*plain);
    parameters->Set("ring_bits", 37);
    parameters->Set("client_plaintext_input", 0);
    return parameters;
  }();
  return cheetah ? *with_ring : *plain;
}

Parameters He(std::initializer_list<std::pair<const std::string, int64_t>> more) {
  Parameters parameters = {{"ring_degree", 8192}, {"data_primes", 4}};
  for (const auto& [name, value] : more) parameters.Set(name, value);
  return parameters;
}

std::vector<FormText> Cheetah() {
  return {
      {"cheetah.setup", "1,997,752", "1,748,076", "18", {}, 1},
      {"cheetah.resumed_setup", "830,967", "581,287", "14", {}, 1},
      {"cheetah.thread_setup", "1,726,247", "1,726,247", "0: beside the set-up's own", {}, 1},
      {"cheetah.ferret_extension",
       "559,456 reversed",
       "559,456 straight",
       "1 (0 to 2 counted)",
       {{"reversed", 0}},
       1},
      {"cheetah.division_setup", "12,997", "8,832", "2", {}, 1},
      {"cheetah.relu",
       "n (4q + 2T + e + 1) / 8 + 16 + s",
       "n (32q + 2T + e + 1) / 8 + 32 + s",
       "5 + 2D",
       {{"ring_bits", 37}, {"ignored_bits", 12}},
       65536},
      {"cheetah.relu_trunc",
       "n (4q + 2T + e + 3) / 8 + 16 + s",
       "n (32q + 2T + e + 3 + 8 ceil(f / 8)) / 8 + 64 + s",
       "8 + 2D",
       {{"ring_bits", 37}, {"ignored_bits", 18}, {"truncated_bits", 12}},
       65536},
      {"cheetah.trunc",
       "n 2 / 8",
       "n (2 + 8 ceil(f / 8)) / 8 + 32",
       "4",
       {{"ring_bits", 37}, {"truncated_bits", 12}},
       65536},
      {"cheetah.maxpool",
       "(w - 1) relu, full width",
       "(w - 1) relu, full width",
       "(w - 1)(4 + 2D) + 1",
       {{"ring_bits", 37}, {"window", 4}},
       16384},
      {"cheetah.avgpool",
       "sign + c compare(delta - 1) + 2n / 8 + 262,144 ceil(c n / 16,384) + seeds",
       "sign + c compare(delta - 1) + n (8 ceil((ring_bits + delta) / 2) + 64 c) / 8 + 48 + seeds",
       "8 + 2D + 2D(delta - 1)",
       {{"ring_bits", 37}, {"divisor", 4}},
       16384},
      {"cheetah.argmax",
       "levels: pairs (4q + 2T + m + 1) / 8 + 16 + s",
       "levels: pairs (32q + 2T + m + 1) / 8 + 32 + s",
       "levels (4 + 2D) + 1",
       {{"ring_bits", 37}, {"width", 1000}},
       1},
      {"cheetah.compare",
       "n (4q + 2T) / 8 + s",
       "n (32q + 2T) / 8 + 16 + s",
       "2 + 2D",
       {{"ring_bits", 37}},
       65536},
      {"cheetah.multiplex",
       "n (e + 1) / 8 + 16",
       "n (e + 1) / 8 + 16",
       "3",
       {{"ring_bits", 37}},
       65536},
      {"cheetah.lookup",
       "n m / 8",
       "n 2^m ring_bits / 8 + 16",
       "2",
       {{"ring_bits", 37}, {"index_bits", 8}},
       4096},
      {"cheetah.conv", "62,424 ceil(Ci / c) tiles",
       "30,403 Co tiles + 6.534 Co (OH stride)(OW stride) at 37 bits", "2",
       ExampleConvolution(true), 1},
      {"cheetah.fc",
       "62,424 ceil(in / d1)",
       "30,403 ceil(out / d0) + 6.534 out at 37 bits",
       "2 a row",
       {{"ring_bits", 37}, {"in_features", 512}, {"out_features", 1000}},
       1},
      {"cheetah.private_matmul",
       "62,424 ceil(m / mw) ceil(n / nw) for both cross terms",
       "30,403 ceil(m / mw) ceil(k / kw) for both + 6.534 x 2 m k at 37 bits",
       "2",
       {{"ring_bits", 37}, {"rows", 197}, {"inner", 64}, {"columns", 197}},
       12},
      {"cheetah.bn",
       "62,424 ceil(pixels / 4,096) a channel",
       "30,403 ceil(pixels / 4,096) + 6.534 pixels a channel at 37 bits",
       "2",
       {{"ring_bits", 37}, {"pixels", 784}},
       128},
      {"cheetah.ewmul_he",
       "62,424 x 3 ceil(n / 4,096)",
       "57,579 x 3 ceil(n / 4,096) at 37 bits (55,747 at 32, 60,090 at 41)",
       "2",
       {{"ring_bits", 37}},
       16384},
  };
}

std::vector<FormText> Garbling() {
  return {
      {"gc.garble",
       "n circuit + chunks, where the client garbles",
       "n (circuit_bytes + block_bytes (2 ANDs + extra_blocks) + label_bytes sent_labels) + "
       "n decoding_bits / 8 + chunk_bytes ceil(n / chunk_circuits)",
       "1",
       {{"and_gates", 288},
        {"extra_blocks", 86},
        {"sent_labels", 42},
        {"decoding_bits", 0},
        {"block_bytes", 24},
        {"label_bytes", 28},
        {"circuit_bytes", 8},
        {"chunk_circuits", 8192},
        {"chunk_bytes", 16},
        {"garbler_is_client", 0}},
       65536},
      {"gc.send_labels",
       "the same, where the client sends",
       "n (labels label_bytes + circuit_bytes) + message_bytes",
       "1",
       {{"labels", 42},
        {"label_bytes", 28},
        {"circuit_bytes", 8},
        {"message_bytes", 6},
        {"garbler_is_client", 0}},
       65536},
      {"gc.evaluate",
       "n returned_bits / 8",
       "the same, where the server evaluates",
       "1 where bits return, else 0",
       {{"and_gates", 288}, {"returned_bits", 0}, {"garbler_is_client", 0}},
       65536},
  };
}

std::vector<FormText> Transfers() {
  return {
      {"ot.setup",
       "receiver_bytes (sender_bytes where the client sends)",
       "sender_bytes",
       "as declared",
       {{"sender_bytes", 8832}, {"receiver_bytes", 4165}, {"flights", 3}, {"sender_is_client", 0}},
       1},
      {"ot.extension",
       "16 n, padded to the quantum (the receiver's)",
       "2 message_bytes n + answer_bytes; 0 where correlated",
       "2; 1 where correlated",
       {{"message_bytes", 16}, {"answer_bytes", 0}, {"quantum", 128}, {"sender_is_client", 0}},
       2752512},
      {"ot.ferret_setup",
       "772,166 (the receiver's)",
       "394,625 (the sender's)",
       "6",
       {{"sender_is_client", 0}},
       1},
      {"ot.ferret_extension", "0", "559,456 (the sender's)", "1", {{"sender_is_client", 0}}, 1},
      {"ot.ferret_correlated", "n / 8", "0", "1", {{"sender_is_client", 0}}, 1048576},
  };
}

std::vector<FormText> Homomorphic() {
  return {
      {"he.keygen",
       "8 N (primes + 1) (primes (galois_keys + relinearization_keys) + public_keys) + "
       "framing_bytes",
       "0", "1",
       He({{"galois_keys", 24},
           {"relinearization_keys", 1},
           {"public_keys", 1},
           {"framing_bytes", 84628}}),
       1},
      {"he.encrypt", "n ciphertext_bytes + message_bytes", "0", "1",
       He({{"ciphertext_bytes", 524393}, {"message_bytes", 8}}), 72},
      {"he.linear_evaluation", "0", "n (output_ciphertexts ciphertext_bytes + message_bytes)", "1",
       He({{"products", 4608},
           {"key_switches", 576},
           {"encodings", 0},
           {"output_ciphertexts", 8},
           {"ciphertext_bytes", 524393},
           {"message_bytes", 8}}),
       1},
      {"he.decrypt", "0", "0", "0", He({}), 8},
      {"he.multiplication_triples", "2 ciphertext_bytes ceil(n / N)",
       "ciphertext_bytes ceil(n / N)", "2", He({{"ciphertext_bytes", 524393}}), 65536},
  };
}

std::vector<FormText> Sharing() {
  const Parameters word = {{"element_bytes", 8}, {"field", 0}};
  Parameters powers = word;
  powers.Set("degree", 4);
  return {
      {"plaintext.field_macs", "0", "0", "0", {{"field_bits", 41}}, 37748736},
      {"shares.send",
       "n element_bytes + message_bytes, where the client sends",
       "the same, where the server sends",
       "1",
       {{"element_bytes", 9}, {"message_bytes", 41}, {"client_sends", 1}},
       65536},
      {"shares.gather", "0", "0", "0", {}, 6552},
      {"shares.scatter", "0", "0", "0", {}, 6552},
      {"shares.exchange",
       "n values element_bytes + message_bytes",
       "the same",
       "1",
       {{"values", 1}, {"element_bytes", 8}, {"message_bytes", 0}},
       65536},
      {"beaver.multiply", "2 n element_bytes", "the same", "1", word, 65536},
      {"beaver.powers", "n element_bytes", "the same", "1", powers, 65536},
      {"beaver.espn", "n ((d + 1)(d + 2) - 6) element_bytes", "the same", "1", powers, 65536},
      {"crypten.sign", "168 n", "168 n", "8", {{"field", 0}}, 65536},
      {"proxy.relu", "0", "0", "0", {}, 65536},
  };
}

std::vector<FormText> Sci() {
  const Parameters field = {{"field_bits", 37}};
  const auto with = [](const char* width, int64_t bits, const char* name, int64_t value) {
    return Parameters{{width, bits}, {name, value}};
  };
  const char* sign = "leaves + tree + 1-of-4 OT: see sci_steps.cc";
  return {
      {"sci_field.relu",
       "leaves + tree + 1-of-4 columns + multiplexer (asymptotically "
       "n (256q + 260T + 384 + 2 bits) / 8)",
       "(asymptotically n (64 (q - 1) + 4 x 2^r + 20T + 164 + 2 bits) / 8)", "13 + 2D", field,
       65536},
      {"sci_field.relu_trunc", "relu + division by 2^f", "relu + division by 2^f",
       "36 at 37 bits, f = 12", with("field_bits", 37, "truncated_bits", 12), 65536},
      {"sci_field.trunc", "sign + division by 2^f", "sign + division by 2^f",
       "34 at 37 bits, f = 12", with("field_bits", 37, "truncated_bits", 12), 65536},
      {"sci_field.maxpool", "(w - 1) relu", "(w - 1) relu", "(w - 1)(12 + 2D) + 1",
       with("field_bits", 37, "window", 4), 16384},
      {"sci_field.avgpool", "sign + division by d", "sign + division by d", "28 at 37 bits, d = 64",
       with("field_bits", 37, "divisor", 64), 64},
      {"sci_field.argmax", "levels: sign + multiplexer of value and index", "the same",
       "levels (12 + 2D) + 1", with("field_bits", 37, "width", 1000), 1},
      {"sci_field.compare", sign, sign, "10 + 2D", field, 65536},
      {"sci_field.multiplex", "16 pad(n) + 2 n bits / 8", "16 pad(n) + 2 n bits / 8", "3", field,
       65536},
      {"sci_field.lookup", "32 pad(n)", "n 2^m bits / 8", "2",
       with("field_bits", 37, "index_bits", 8), 4096},
      {"sci_field.setup", "241,683,000", "184,970", "31", {}, 1},
      {"sci_field.division_setup", "12,997", "8,832", "2", {}, 1},
      {"sci_field.conv",
       "each dense part: 393,350 input ciphertexts + 4 (48 N + 134 each and the keys at other N)",
       "each dense part: 131,200 output ciphertexts + 4", "2 a dense part",
       ExampleConvolution(false), 1},
      {"sci_field.fc",
       "393,350 a row",
       "131,200 a row",
       "2 a row",
       {{"in_features", 512}, {"out_features", 1000}},
       1},
      {"sci_field.private_matmul",
       "393,350 (rows + columns)",
       "131,200 (rows + columns)",
       "2",
       {{"rows", 197}, {"inner", 64}, {"columns", 197}},
       12},
      {"sci_field.ewmul_he",
       "393,350 ceil(n / 8,192) + 4",
       "131,200 ceil(n / 8,192) + 4",
       "2",
       {},
       16384},
      {"sci_ring.relu",
       "32 pad(q n) + 32 pad(T n / 2) + 2 T n / 8 + 16 pad(n) + 2 n bits / 8",
       "n (32q + 18T) / 8 + 16 pad(n) + 2 n bits / 8",
       "6 + 2D",
       {{"ring_bits", 37}},
       65536},
      {"sci_ring.compare",
       "32 pad(q n) + 32 pad(T n / 2) + 2 T n / 8",
       "n (32q + 18T) / 8",
       "3 + 2D",
       {{"ring_bits", 37}},
       65536},
      {"sci_ring.multiplex",
       "16 pad(n) + 2 n bits / 8",
       "16 pad(n) + 2 n bits / 8",
       "3",
       {{"ring_bits", 37}},
       65536},
      {"sci_ring.relu_trunc", "relu + compare(f) + multiplexer + 16 pad(n)",
       "relu + compare(f) + multiplexer + 8 n", "as the transcript runs",
       with("ring_bits", 37, "truncated_bits", 12), 65536},
      {"sci_ring.trunc", "compare(f) + compare(bits - f) + AND + two conversions",
       "compare(f) + compare(bits - f) + AND + n (f + bits) / 8", "as the transcript runs",
       with("ring_bits", 37, "truncated_bits", 12), 65536},
      {"sci_ring.maxpool", "(w - 1) relu", "(w - 1) relu", "(w - 1)(5 + 2D) + 1",
       with("ring_bits", 37, "window", 9), 200704},
      {"sci_ring.avgpool", "sign + 32 pad(n) + c compare(delta - 1) + 16 block(c n)",
       "sign + n 4 (bits + delta) / 8 + c compare(delta - 1) + 8 c n", "as the transcript runs",
       with("ring_bits", 37, "divisor", 4), 16384},
      {"sci_ring.argmax", "levels: compare + multiplexer of value and index", "the same",
       "levels (5 + 2D) + 1", with("ring_bits", 37, "width", 1000), 1},
      {"sci_ring.lookup", "32 pad(n)", "n 2^m bits / 8", "2",
       with("ring_bits", 37, "index_bits", 8), 4096},
      {"sci_ring.matmul", "16 bits n", "n outputs bits (bits + 1) / 16", "2",
       with("ring_bits", 37, "outputs", 64), 589824},
      {"sci_ring.product",
       "n (128 bits + bits (bits + 1) / 2) / 8",
       "the same",
       "2",
       {{"ring_bits", 37}},
       65536},
  };
}

}  // namespace

const std::vector<FormText>& FormTexts() {
  static const auto* const texts = [] {
    auto* all = new std::vector<FormText>;
    for (std::vector<FormText> (*family)() :
         {&Cheetah, &Garbling, &Transfers, &Homomorphic, &Sharing, &Sci}) {
      for (FormText& text : family()) all->push_back(std::move(text));
    }
    return all;
  }();
  return *texts;
}

}  // namespace picost::primitives
