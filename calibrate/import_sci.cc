#include "calibrate/import_sci.h"

#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "estimator/base/error.h"
#include "estimator/primitives/catalog.h"

namespace picost::calibrate {
namespace {

using cost::Sample;
using primitives::Parameters;

constexpr char kTime[] = "Time in sec for current ";

// The layer that the next line with a time is about.
struct Layer {
  std::string kind;  // as the time's line calls it: "conv"
  Parameters parameters;
  int64_t count = 0;
};

std::optional<Layer> Convolution(const std::string& line) {
  long long n = 0, h = 0, w = 0, ci = 0, fh = 0, fw = 0, co = 0, s = 0;
  int top = 0, bottom = 0, left = 0, right = 0;
  const bool cheetah =
      std::sscanf(line.c_str(),
                  "HomConv #%*d called N=%lld, H=%lld, W=%lld, CI=%lld, FH=%lld, FW=%lld, "
                  "CO=%lld, S=%lld, Padding %*15s (%d %d %d %d)",
                  &n, &h, &w, &ci, &fh, &fw, &co, &s, &top, &bottom, &left, &right) == 12;
  const bool field = !cheetah && std::sscanf(line.c_str(),
                                             "Conv2DCSF %*d called N=%lld, H=%lld, W=%lld, "
                                             "CI=%lld, FH=%lld, FW=%lld, CO=%lld, S=%lld",
                                             &n, &h, &w, &ci, &fh, &fw, &co, &s) == 8;
  if (!cheetah && !(field && fh == 1 && fw == 1)) return std::nullopt;
  return Layer{.kind = "conv",
               .parameters = {{"height", h},
                              {"width", w},
                              {"in_channels", ci},
                              {"out_channels", co},
                              {"kernel_height", fh},
                              {"kernel_width", fw},
                              {"stride_height", s},
                              {"stride_width", s},
                              {"pad_top", top},
                              {"pad_bottom", bottom},
                              {"pad_left", left},
                              {"pad_right", right},
                              {"client_plaintext_input", 0}},
               .count = n};
}

std::optional<Layer> Pooling(const std::string& line) {
  char name[16] = "";
  long long n = 0, h = 0, w = 0, c = 0, kh = 0, kw = 0;
  if (std::sscanf(line.c_str(),
                  "%15s %*d called N=%lld, H=%lld, W=%lld, C=%lld, ksizeH=%lld, ksizeW=%lld", name,
                  &n, &h, &w, &c, &kh, &kw) != 7) {
    return std::nullopt;
  }
  if (std::string_view(name) == "Maxpool") {
    return Layer{.kind = "maxpool", .parameters = {{"window", kh * kw}}, .count = n * h * w * c};
  }
  if (std::string_view(name) == "AvgPool") {
    return Layer{.kind = "avgpool", .parameters = {{"divisor", kh * kw}}, .count = n * h * w * c};
  }
  return std::nullopt;
}

std::optional<Layer> Relu(const std::string& line) {
  long long n = 0;
  if (std::sscanf(line.c_str(), "Relu #%*d on %lld points", &n) != 1 &&
      std::sscanf(line.c_str(), "Relu %*d called size=%lld", &n) != 1 &&
      std::sscanf(line.c_str(), "Relu #%*d called size=%lld", &n) != 1) {
    return std::nullopt;
  }
  return Layer{.kind = "relu", .count = n};
}

std::optional<Layer> LayerOf(const std::string& line) {
  if (auto layer = Convolution(line)) return layer;
  if (auto layer = Relu(line)) return layer;
  return Pooling(line);
}

// A line that announces a layer, of whatever kind: the time behind it is this layer's.
bool Announces(const std::string& line) { return absl::StrContains(line, " called"); }

// "conv = 0.25" and "conv = [0.25] sent [3.5] MB"
std::optional<std::pair<std::string, double>> KindAndSeconds(absl::string_view text) {
  const std::pair<std::string, std::string> sides = absl::StrSplit(text, absl::MaxSplits(" = ", 1));
  std::string number = sides.second;
  if (!number.empty() && number[0] == '[') number = number.substr(1, number.find(']') - 1);
  double seconds = 0;
  if (!absl::SimpleAtod(number, &seconds) || !(seconds > 0)) return std::nullopt;
  return std::make_pair(sides.first, seconds);
}

}  // namespace

absl::StatusOr<std::vector<Sample>> ParseSciLog(std::string_view text, const Parameters& given,
                                                const std::string& network,
                                                std::vector<std::string>& left_out) {
  if (given.Has("ring_bits") == given.Has("field_bits")) {
    return MakeError(absl::StatusCode::kInvalidArgument, "the log does not say its variant",
                     {.field = "parameters",
                      .mend = "Give --parameters='ring_bits=37;ignored_bits=12' for Cheetah, "
                              "'field_bits=37' for CrypTFlow2 with HE."});
  }
  const std::string prefix = given.Has("ring_bits") ? "cheetah." : "sci_field.";
  std::vector<Sample> samples;
  std::optional<Layer> layer;
  int64_t line_number = 0;
  std::map<std::string, int64_t> repeats;
  for (const absl::string_view view :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++line_number;
    absl::string_view rest = absl::StripAsciiWhitespace(view);
    const std::string line(rest);
    if (std::optional<Layer> next = LayerOf(line); next || Announces(line)) layer = std::move(next);
    if (!absl::ConsumePrefix(&rest, kTime)) continue;
    const auto time = KindAndSeconds(rest);
    const primitives::PrimitiveSpec* spec =
        layer ? primitives::FindPrimitive(prefix + layer->kind) : nullptr;
    if (!time || spec == nullptr || layer->kind != time->first) {
      left_out.push_back(absl::StrCat("line ", line_number, ": ", line));
      layer.reset();
      continue;
    }
    Sample& sample = samples.emplace_back();
    sample.primitive = spec->id;
    // The caller's parameters serve all layers: each takes those that it declares.
    for (const primitives::ParameterSpec& parameter : spec->parameters) {
      const Parameters& from = layer->parameters.Has(parameter.name) ? layer->parameters : given;
      if (from.Has(parameter.name)) sample.parameters.Set(parameter.name, from.Get(parameter.name));
    }
    sample.count = layer->count;
    sample.executor = primitives::Executor::kClient;
    sample.network = network;
    sample.repeat = repeats[absl::StrCat(sample.primitive, " ", sample.parameters.DebugString(),
                                         " x ", sample.count)]++;
    sample.wall = Seconds(time->second);
    sample.cpu = Seconds(-1);
    layer.reset();
  }
  return samples;
}

}  // namespace picost::calibrate
