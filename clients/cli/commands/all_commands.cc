#include "clients/cli/commands/command.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

constexpr size_t kMany = 100'000;

std::vector<std::string> Where(std::vector<std::string> flags) {
  flags.insert(flags.end(), {"format", "server", "ca", "cert", "key", "token-file", "data_dir",
                             "calibration_dir"});
  return flags;
}

// How a file is read.
std::vector<std::string> Reading(std::vector<std::string> flags) {
  flags.insert(flags.end(), {"dim", "trip-count", "unknown", "custom-operators"});
  return flags;
}

}  // namespace

const std::vector<Command>& AllCommands() {
  static const auto& commands = *new std::vector<Command>{
      {"inspect", "FILE|MODEL", "count ReLUs, comparisons and MACs of a model",
       Where(Reading({"counting", "parameters"})), 1, 1,
       "picost inspect resnet18.onnx\n"
       "picost inspect resnet18.onnx --dim batch=1 --format=json\n"
       "picost inspect resnet18.onnx --counting=without-stem\n"
       "picost inspect resnet18.onnx --parameters\n",
       RunInspect},
      {"plan", "FILE|MODEL", "which primitives a protocol runs, and their exact traffic",
       Where(Reading({"protocol", "param", "rewrites", "counting"})), 1, 1,
       "picost plan resnet18 --protocol=all\n"
       "picost plan resnet18_cifar --protocol=delphi\n"
       "picost plan vgg16_cifar --protocol=cheetah --rewrites=swap-relu-maxpool,average-pooling\n"
       "picost plan resnet18.onnx --protocol=cheetah --param=ring_bits=37 --format=csv\n",
       RunPlan},
      {"estimate", "FILE|MODEL", "what private inference of a model costs",
       Where(Reading({"protocol", "param", "rewrites", "deployment", "network", "counting", "calls",
                      "require-seconds"})),
       1, 1,
       "picost estimate resnet18_cifar --protocol=cheetah,delphi --deployment=wan\n"
       "picost estimate resnet18_cifar --protocol=all --deployment=lan --format=csv\n"
       "picost estimate resnet18.onnx --protocol=delphi --deployment=lan \\\n"
       "    --network=rtt=40ms,up=40MB/s,down=100Mbit/s --format=json\n",
       RunEstimate},
      {"compare", "FILE|MODEL", "protocols x deployments, and where their order flips",
       Where({"protocol", "param", "deployment", "network", "online", "dim", "unknown"}), 1, 1,
       "picost compare resnet18_cifar --protocol=cheetah,delphi --deployment=lan,wan\n"
       "picost compare resnet18.onnx --protocol=cheetah,cryptflow2-he --deployment=lan \\\n"
       "    --network=mobile --network=rtt=80ms,bandwidth=100Mbit/s --online --format=csv\n",
       RunCompare},
      {"sweep",
       "FILE|MODEL IN OUT",
       "score a CSV or JSON lines of candidates into a CSV; resumable",
       {"protocol", "param", "deployment", "network", "dim", "trip-count", "unknown",
        "custom-operators", "server", "ca", "cert", "key", "token-file", "data_dir",
        "calibration_dir"},
       3,
       3,
       "picost sweep resnet18_cifar candidates.jsonl scores.csv --protocol=delphi "
       "--deployment=lan\n"
       "    a line: {\"id\": \"a\", \"kept\": {\"/Relu\": 4096}}\n"
       "    or, in a .csv: a first line of activations' names, then counts\n",
       RunSweep},
      {"models ls", "", "list registered models", Where({}), 0, 0,
       "picost models ls --server=127.0.0.1:7433\n", RunModelsList, kNeedsServer},
      {"models register", "FILE...", "register models: their weights stay here",
       Where(Reading({"name"})), 1, kMany,
       "picost models register resnet18.onnx --name=resnet18 --server=127.0.0.1:7433\n",
       RunModelsRegister, kNeedsServer},
      {"models upload", "FILE",
       "register a model by sending its file in pieces: weights are dropped as they arrive",
       Where(Reading({"name"})), 1, 1,
       "picost models upload llama.onnx --name=llama --server=127.0.0.1:7433\n", RunModelsUpload,
       kNeedsServer},
      {"models show", "MODEL", "counts of a registered model, layer by layer", Where({}), 1, 1,
       "picost models show resnet18 --server=127.0.0.1:7433\n", RunModelsShow, kNeedsServer},
      {"models rm", "MODEL...", "forget registered models", Where({}), 1, kMany,
       "picost models rm resnet18 --server=127.0.0.1:7433\n", RunModelsRemove, kNeedsServer},
      {"protocols", "[PROTOCOL]",
       "protocols, and for how many of their primitives there are tables; of one: parameters",
       Where({}), 0, 1, "picost protocols --format=json\npicost protocols cheetah\n", RunProtocols},
      {"rewrites", "", "rewrites of networks that save comparisons, products or truncations",
       Where({}), 0, 0, "picost rewrites\n", RunRewrites},
      {"deployments", "", "named deployments: a link and both machines' tables", Where({}), 0, 0,
       "picost deployments\n", RunDeployments},
      {"networks", "", "named network profiles", Where({}), 0, 0, "picost networks\n", RunNetworks},
      {"tables", "", "calibration tables with their origin", Where({}), 0, 0, "picost tables\n",
       RunTables},
      {"calibrations ls", "", "calibration tables in use, and which were imported", Where({}), 0, 0,
       "picost calibrations ls --server=127.0.0.1:7433\n", RunCalibrationsList},
      {"calibrations show", "ID", "the fits of a calibration table", Where({}), 1, 1,
       "picost calibrations show cheetah\n", RunCalibrationsShow},
      {"calibrations import", "FOLDER", "give a daemon a table (docs/calibration_format.md)",
       Where({"name"}), 1, 1,
       "picost calibrations import data/calibration/emp --name=lab-1 --server=127.0.0.1:7433\n",
       RunCalibrationsImport, kNeedsServer},
      {"calibrations rescale", "ID [MEASUREMENT...]",
       "make a new table of one by inferences that were reported", Where({"name"}), 1, kMany,
       "picost calibrations rescale cheetah --name=cheetah-here --server=127.0.0.1:7433\n",
       RunCalibrationsRescale, kNeedsServer},
      {"aliases ls", "", "movable names of tables", Where({}), 0, 0, "picost aliases ls\n",
       RunAliasesList},
      {"aliases set", "ALIAS ID", "point an alias at a table: estimates follow at once", Where({}),
       2, 2, "picost aliases set cheetah-latest cheetah --server=127.0.0.1:7433\n", RunAliasesSet,
       kNeedsServer},
      {"measurements report", "FILE", "keep measurements (JSON) and compare them with predictions",
       Where({}), 1, 1, "picost measurements report measured.json --server=127.0.0.1:7433\n",
       RunMeasurementsReport, kNeedsServer},
      {"measurements evaluate", "", "predicted against measured, over all that was reported",
       Where({"protocol", "deployment"}), 0, 0,
       "picost measurements evaluate --protocol=cheetah --server=127.0.0.1:7433\n",
       RunMeasurementsEvaluate, kNeedsServer},
      {"primitives", "", "primitives that protocols are made of", Where({}), 0, 0,
       "picost primitives --format=csv\n", RunPrimitives},
      {"operators", "", "ONNX operators that are known, and as what they count", Where({}), 0, 0,
       "picost operators --format=csv\n", RunOperators},
      {"study ls", "", "list the studies of searches", Where({}), 0, 0,
       "picost study ls --server=127.0.0.1:7433\n", RunStudyList, kNeedsServer},
      {"study create", "STUDY", "begin a study: its objectives and budgets",
       Where({"objective", "budget", "name", "model", "deployment", "from"}), 1, 1,
       "picost study create mine --budget=online_seconds=2 --server=127.0.0.1:7433\n"
       "picost study create mine --objective=accuracy:max --objective=total_bytes:min:1e9 \\\n"
       "    --deployment=wan --name='Second search' --server=127.0.0.1:7433\n"
       "picost study create mine --from=study.textproto --server=127.0.0.1:7433\n",
       RunStudyCreate, kNeedsServer},
      {"study log", "STUDY MODEL", "add a trial: an edit of a model, and what you measured",
       Where(Reading({"protocol", "param", "deployment", "network", "kept", "edit", "metric", "tag",
                      "parent", "request-id"})),
       2, 2,
       "picost study log mine resnet18_cifar --protocol=cheetah --deployment=wan \\\n"
       "    --kept=/Relu=4096 --metric=accuracy=0.93 --tag=seed-1 --server=127.0.0.1:7433\n",
       RunStudyLog, kNeedsServer},
      {"study import", "STUDY FILE",
       "add the trials of a file of JSON lines ('-': standard input); the same file adds once",
       Where(Reading({"model", "protocol", "param", "deployment", "network"})), 2, 2,
       "picost study import mine trials.jsonl --model=resnet18_cifar --protocol=cheetah \\\n"
       "    --deployment=wan --server=127.0.0.1:7433\n"
       "    a line: {\"kept\": {\"/Relu\": 4096}, \"metrics\": {\"accuracy\": 0.93}, "
       "\"tags\": [\"seed-1\"], \"parent\": 3}\n",
       RunStudyImport, kNeedsServer},
      {"study export",
       "STUDY",
       "every trial as a JSON line that import reads again; as CSV: study show",
       {"server", "ca", "cert", "key", "token-file", "data_dir"},
       1,
       1,
       "picost study export mine --server=127.0.0.1:7433 > trials.jsonl\n",
       RunStudyExport,
       kNeedsServer},
      {"study delete",
       "STUDY...",
       "forget studies with all their trials",
       {"server", "ca", "cert", "key", "token-file", "data_dir"},
       1,
       kMany,
       "picost study delete mine --server=127.0.0.1:7433\n",
       RunStudyDelete,
       kNeedsServer},
      {"study show", "STUDY", "a study's budgets and counts, with a plot; csv: every trial",
       Where({}), 1, 1, "picost study show demo --server=127.0.0.1:7433\n", RunStudyShow,
       kNeedsServer},
      {"study front", "STUDY", "the trials that no other one beats", Where({}), 1, 1,
       "picost study front demo --server=127.0.0.1:7433 --format=csv\n", RunStudyFront,
       kNeedsServer},
      {"study watch", "STUDY", "every trial as it comes, until you stop it", Where({}), 1, 1,
       "picost study watch demo --server=127.0.0.1:7433\n", RunStudyWatch, kNeedsServer},
      {"calibrate",
       "COMMAND",
       "measure cryptography on your two machines: run, check, report, diff, import, ...",
       {},
       0,
       kMany,
       "",
       nullptr,
       !kNeedsServer,
       HandOverToCalibrate},
      {"strip",
       "IN OUT",
       "write a model without its weights",
       {},
       2,
       2,
       "picost strip resnet18.onnx resnet18_weightless.onnx\n",
       RunStrip},
  };
  return commands;
}

void PrintWarnings(const v1::ImportNotes& notes, const Environment& environment) {
  for (const std::string& warning : notes.warnings()) {
    *environment.err << "warning: " << Printable(warning) << "\n";
  }
}

}  // namespace picost::cli
