#include "clients/cli/cli.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

void PrintHelp(std::ostream& out) {
  out << "picost: what will private inference of a network cost?\n\n"
         "usage: picost COMMAND [ARGUMENTS] [FLAGS]\n\n";
  Table table({{"command", Align::kLeft}, {"", Align::kLeft}, {"", Align::kLeft}});
  for (const Command& command : AllCommands()) {
    table.AddRow({command.name, command.arguments, command.summary});
  }
  table.Print(out);
  out << "\nMODEL is a file, a registered model (models/... or its display name), or a sample "
         "model of\n"
         "the data directory. Without --server the service runs inside the command.\n"
         "`picost COMMAND --help` has flags and examples, `picost --version` the version.\n\n"
         "Exit status: 0 done, 2 bad arguments, 3 the model is refused, 4 the server cannot be\n"
         "reached, 1 anything else.\n";
}

void PrintHelp(const Command& command, std::ostream& out) {
  out << command.summary << "\n\nusage: picost " << command.name
      << (command.arguments.empty() ? "" : " ") << command.arguments << " [FLAGS]\n\n";
  Table table({{"flags", Align::kLeft}, {"", Align::kLeft}});
  const auto add = [&table](const std::string& name) {
    const FlagHelp* flag = FindFlag(name);
    table.AddRow(
        {absl::StrCat("--", name, flag->value[0] == '\0' ? "" : "=", flag->value), flag->meaning});
  };
  for (const std::string& flag : command.flags) add(flag);
  add("help");
  table.Print(out);
  out << "\nexamples\n";
  for (const auto& line : absl::StrSplit(command.examples, '\n', absl::SkipEmpty()))
    out << "  " << line << "\n";
}

// The commands of a group, as "study": "study ls", "study show", ...
std::vector<const Command*> CommandsOf(const std::string& group) {
  std::vector<const Command*> found;
  for (const Command& command : AllCommands()) {
    if (command.name.starts_with(group + " ")) found.push_back(&command);
  }
  return found;
}

void PrintGroupHelp(const std::string& group, std::ostream& out) {
  out << "usage: picost " << group << " COMMAND [ARGUMENTS] [FLAGS]\n\n";
  Table table({{"command", Align::kLeft}, {"", Align::kLeft}, {"", Align::kLeft}});
  for (const Command* command : CommandsOf(group)) {
    table.AddRow({command->name, command->arguments, command->summary});
  }
  table.Print(out);
  out << "\n`picost " << group << " COMMAND --help` has flags and examples.\n";
}

bool AsksForHelp(const std::string& argument) { return argument == "--help" || argument == "-h"; }

Failure WithoutServer(const Command& command) {
  return BadArgument(absl::StrCat(
      "`picost ", command.name,
      "` is about what a daemon keeps: name it with --server=HOST:PORT (picostd "
      "--store=sqlite:picost.db starts one). Without it the service runs inside this command and "
      "ends with it, so that nothing would be kept; `picost inspect`, `plan` and `estimate` read "
      "files without one"));
}

// The command that the arguments begin with; `words`: how many of them name it.
const Command* FindCommand(const std::vector<std::string>& arguments, size_t& words) {
  for (const Command& command : AllCommands()) {
    const std::vector<std::string> name = absl::StrSplit(command.name, ' ');
    if (arguments.size() >= name.size() &&
        std::vector<std::string>(arguments.begin(), arguments.begin() + name.size()) == name) {
      words = name.size();
      return &command;
    }
  }
  return nullptr;
}

int Report(const Failure& failure, const Environment& environment) {
  *environment.err << "picost: " << Printable(failure.message) << "\n";
  return failure.exit_status;
}

}  // namespace

int Run(const std::vector<std::string>& arguments, const Environment& environment) {
  if (arguments.empty()) {
    PrintHelp(*environment.err);
    return kExitArguments;
  }
  if (arguments[0] == "--version" || arguments == std::vector<std::string>{"version"}) {
    *environment.out << "picost " << environment.version << "\n";
    return 0;
  }
  std::vector<std::string> words_of = arguments;
  if (words_of[0] == "help") {  // `picost help study show` is `picost study show --help`
    words_of.erase(words_of.begin());
    words_of.push_back("--help");
  }
  if (AsksForHelp(words_of[0])) {
    PrintHelp(*environment.out);
    return 0;
  }
  const bool is_group = !CommandsOf(words_of[0]).empty();
  if (is_group && words_of.size() > 1 && AsksForHelp(words_of[1])) {
    PrintGroupHelp(words_of[0], *environment.out);
    return 0;
  }
  // `picost models` alone lists them.
  if (words_of[0] == "models" && (words_of.size() == 1 || words_of[1].starts_with("-"))) {
    words_of.insert(words_of.begin() + 1, "ls");
  }
  if (is_group && words_of.size() == 1) {
    PrintGroupHelp(words_of[0], *environment.err);
    return kExitArguments;
  }
  size_t words = 0;
  const Command* command = FindCommand(words_of, words);
  if (command == nullptr) {
    const std::string name = is_group ? absl::StrCat(words_of[0], " ", words_of[1]) : words_of[0];
    return Report(
        BadArgument(absl::StrCat("there is no command '", name, "'. `picost ",
                                 is_group ? words_of[0] + " " : "", "--help` lists them")),
        environment);
  }
  if (command->hand_over != nullptr) {
    const auto failure =
        command->hand_over({words_of.begin() + words, words_of.end()}, environment);
    return failure.has_value() ? Report(*failure, environment) : 0;
  }
  const auto parsed = ParseOptions({words_of.begin() + words, words_of.end()}, command->flags);
  if (const Failure* failure = FailureIn(parsed)) {
    return Report(
        BadArgument(absl::StrCat(failure->message, ". See `picost ", command->name, " --help`")),
        environment);
  }
  const Options& options = std::get<Options>(parsed);
  if (options.help) {
    PrintHelp(*command, *environment.out);
    return 0;
  }
  const size_t count = options.positional.size();
  if (count < command->minimum_arguments || count > command->maximum_arguments) {
    return Report(BadArgument(absl::StrCat("usage: picost ", command->name, " ", command->arguments,
                                           " [FLAGS]. See `picost ", command->name, " --help`")),
                  environment);
  }
  if (command->needs_server && options.server.empty()) {
    return Report(WithoutServer(*command), environment);
  }
  if (const auto failure = command->run(options, environment)) return Report(*failure, environment);
  environment.out->flush();
  // A full disk behind a redirection must not look like success.
  return environment.out->good() ? 0 : kExitOther;
}

}  // namespace picost::cli
