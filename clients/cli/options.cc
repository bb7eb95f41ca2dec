#include "clients/cli/options.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace picost::cli {
namespace {

constexpr FlagHelp kFlags[] = {
    {"help", "", "show this text"},
    {"format", "table|json|csv", "how to print (default: table)"},
    {"dim", "NAME=VALUE", "size of a symbolic dimension of the file; repeatable"},
    {"server", "HOST:PORT", "ask this daemon; without it the service runs inside this command"},
    {"ca", "FILE", "authorities of the daemon's certificate, PEM; 'system': this machine's"},
    {"cert", "FILE", "the client's certificate, PEM"},
    {"key", "FILE", "its private key, PEM"},
    {"token-file", "FILE", "file whose first line is the bearer token"},
    {"data_dir", "PATH", "calibration tables and deployments of the service inside this command"},
    {"calibration_dir", "PATH", "what `picost calibrate run` wrote, beside --data_dir's"},
    {"protocol", "ID[,ID]",
     "protocols, see `picost protocols`; all: every one that takes the model"},
    {"rewrites", "ID[,ID]|exact|all", "rewrites before planning, see `picost rewrites`"},
    {"param", "NAME=VALUE", "crypto parameter of the protocol; repeatable"},
    {"deployment", "NAME[,NAME]", "where it runs, see `picost deployments`"},
    {"network", "NAME[,NAME] | rtt=40ms,up=40MB/s,down=40MB/s",
     "replaces the deployment's link; repeatable; units us, ms, s and B/s, kB/s, MB/s, GB/s, "
     "Mbit/s, Gbit/s"},
    {"unknown", "error|upper-bound|zero",
     "what to do with operators nobody knows (default: error)"},
    {"custom-operators", "FILE",
     "operators of your own: formulas over shapes, see docs/adding_an_op.md"},
    {"trip-count", "NODE=N", "iterations of a loop that the file leaves open; repeatable"},
    {"counting", "as-written|without-stem|without-last|after-max-pool",
     "which ReLUs are counted, see docs/counting.md (default: as-written)"},
    {"parameters", "", "list the tensors of weights"},
    {"name", "TEXT",
     "display name of the model (default: the file's name) or study, or id of the table"},
    {"calls", "", "also show the primitive calls of every layer"},
    {"online", "", "compare online time alone, not offline and online"},
    {"require-seconds", "", "fail where no table covers a primitive"},
    {"objective", "METRIC:max|min[:REFERENCE]",
     "repeatable; default: accuracy:max and online_seconds:min. The hypervolume ends at the "
     "reference"},
    {"budget", "METRIC=LIMIT", "of a predicted metric: online_seconds=2; repeatable"},
    {"model", "MODEL[,MODEL]",
     "of a study: what its trials may be of (default: any); of an import: of lines that name none"},
    {"from", "FILE", "a picost.v1.Study, as .json or as text; flags add to it"},
    {"kept", "NODE=COUNT", "ReLU elements that an activation keeps; repeatable"},
    {"edit", "FILE", "JSON of the edit: {\"kept\": {\"/Relu\": 4096}, \"operations\": [...]}"},
    {"metric", "NAME=VALUE", "what you measured: accuracy=0.93; repeatable"},
    {"tag", "TEXT", "tag of the trial; repeatable"},
    {"parent", "NUMBER", "the trial that it was made from"},
    {"request-id", "TEXT", "the same id again answers the trial that was added first"},
};

std::optional<Failure> AddBinding(const std::string& flag, const std::string& text,
                                  std::map<std::string, int64_t>& to) {
  const size_t equals = text.rfind('=');
  int64_t value = 0;
  if (equals == std::string::npos || equals == 0 ||
      !absl::SimpleAtoi(text.substr(equals + 1), &value)) {
    return BadArgument(
        absl::StrCat("--", flag, " takes NAME=VALUE with a whole number, not '", text, "'"));
  }
  const std::string name = text.substr(0, equals);
  const auto [entry, added] = to.emplace(name, value);
  if (!added && entry->second != value) {
    return BadArgument(
        absl::StrCat("--", flag, " gives ", name, " two values: ", entry->second, " and ", value));
  }
  return std::nullopt;
}

std::optional<Failure> AddFigure(const std::string& flag, const std::string& text,
                                 std::vector<std::pair<std::string, double>>& to) {
  const size_t equals = text.rfind('=');
  double value = 0;
  if (equals == std::string::npos || equals == 0 ||
      !absl::SimpleAtod(text.substr(equals + 1), &value)) {
    return BadArgument(absl::StrCat("--", flag, " takes NAME=VALUE, not '", text, "'"));
  }
  to.emplace_back(text.substr(0, equals), value);
  return std::nullopt;
}

template <typename Value>
std::optional<Failure> Choose(const std::string& flag, const std::string& text,
                              const std::vector<std::pair<std::string, Value>>& choices,
                              Value& to) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      to = value;
      return std::nullopt;
    }
    names.push_back(name);
  }
  return BadArgument(
      absl::StrCat("--", flag, " is one of ", absl::StrJoin(names, ", "), "; not '", text, "'"));
}

std::optional<Failure> AddList(const std::string& flag, const std::string& text,
                               std::vector<std::string>& to) {
  for (const auto& item : absl::StrSplit(text, ',')) {
    if (item.empty())
      return BadArgument(absl::StrCat("--", flag, "='", text, "' has an empty entry"));
    to.emplace_back(item);
  }
  return std::nullopt;
}

std::optional<Failure> Apply(const std::string& flag, const std::string& value, Options& options) {
  if (flag == "format") {
    return Choose<Format>(
        flag, value, {{"table", Format::kTable}, {"json", Format::kJson}, {"csv", Format::kCsv}},
        options.format);
  }
  if (flag == "unknown") {
    return Choose<UnknownPolicy>(flag, value,
                                 {{"error", UnknownPolicy::kError},
                                  {"upper-bound", UnknownPolicy::kUpperBound},
                                  {"zero", UnknownPolicy::kZero}},
                                 options.unknown);
  }
  if (flag == "counting") {
    return Choose<Counting>(flag, value,
                            {{"as-written", Counting::kAsWritten},
                             {"without-stem", Counting::kWithoutStem},
                             {"without-last", Counting::kWithoutLast},
                             {"after-max-pool", Counting::kAfterMaxPool}},
                            options.counting);
  }
  if (flag == "trip-count") return AddBinding(flag, value, options.trip_counts);
  if (flag == "dim") return AddBinding(flag, value, options.dimensions);
  if (flag == "param") return AddBinding(flag, value, options.parameters);
  if (flag == "protocol") return AddList(flag, value, options.protocols);
  if (flag == "rewrites") return AddList(flag, value, options.rewrites);
  if (flag == "deployment") return AddList(flag, value, options.deployments);
  if (flag == "network") {
    // Commas separate names; in a link that is spelled out they separate its parts.
    if (value.find('=') == std::string::npos) return AddList(flag, value, options.networks);
    options.networks.push_back(value);
    return std::nullopt;
  }
  StudyOptions& study = options.study;
  if (flag == "kept") return AddBinding(flag, value, study.kept);
  if (flag == "budget") return AddFigure(flag, value, study.budgets);
  if (flag == "metric") return AddFigure(flag, value, study.metrics);
  if (flag == "model") return AddList(flag, value, study.models);
  if (flag == "parent") {
    if (absl::SimpleAtoi(value, &study.parent) && study.parent > 0) return std::nullopt;
    return BadArgument(absl::StrCat("--parent takes a trial's number, not '", value, "'"));
  }
  if (flag == "objective" || flag == "tag") {
    (flag == "tag" ? study.tags : study.objectives).push_back(value);
    return std::nullopt;
  }
  std::string* text = flag == "server"             ? &options.server
                      : flag == "from"             ? &study.from
                      : flag == "edit"             ? &study.edit
                      : flag == "request-id"       ? &study.request_id
                      : flag == "ca"               ? &options.ca
                      : flag == "cert"             ? &options.certificate
                      : flag == "key"              ? &options.key
                      : flag == "token-file"       ? &options.token_file
                      : flag == "data_dir"         ? &options.data_dir
                      : flag == "calibration_dir"  ? &options.calibration_dir
                      : flag == "custom-operators" ? &options.custom_operators
                                                   : &options.name;
  if (value.empty()) return BadArgument(absl::StrCat("--", flag, " is empty"));
  *text = value;
  return std::nullopt;
}

}  // namespace

const FlagHelp* FindFlag(const std::string& name) {
  for (const FlagHelp& flag : kFlags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

Result<Options> ParseOptions(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& allowed) {
  Options options;
  bool only_positional = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--" && !only_positional) {
      only_positional = true;
      continue;
    }
    if (only_positional || argument.size() < 2 || argument[0] != '-') {
      options.positional.push_back(argument);
      continue;
    }
    if (argument == "-h") {
      options.help = true;
      continue;
    }
    const std::vector<std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
    const std::string name = parts[0].starts_with("--") ? parts[0].substr(2) : "";
    const FlagHelp* flag = FindFlag(name);
    const bool known =
        flag != nullptr &&
        (name == "help" || std::find(allowed.begin(), allowed.end(), name) != allowed.end());
    if (!known) return BadArgument(absl::StrCat("this command takes no ", parts[0]));
    if (flag->value[0] == '\0') {
      if (parts.size() > 1) return BadArgument(absl::StrCat("--", name, " takes no value"));
      if (name == "help") options.help = true;
      if (name == "calls") options.calls = true;
      if (name == "parameters") options.list_parameters = true;
      if (name == "require-seconds") options.require_seconds = true;
      if (name == "online") options.online = true;
      continue;
    }
    std::string value;
    if (parts.size() > 1) {
      value = parts[1];
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return BadArgument(absl::StrCat("--", name, " needs a value: --", name, "=", flag->value));
    }
    if (auto failure = Apply(name, value, options)) return *failure;
  }
  return options;
}

}  // namespace picost::cli
