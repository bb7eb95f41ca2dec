// How long a model with its weights takes, against its weightless twin and
// against python3-onnx. Makes its own 553 MB file from data/models/vgg16_224.onnx.
//
//   bazel run --config=opt //tests/bench/import_onnx:vgg16_benchmark -- [FOLDER]
//
// FOLDER takes the file for as long as this runs; default: TMPDIR, else /tmp.
//
// Prints one line per figure. The last lines say which promises hold: the file
// is read from a memory map in less than twice the time of its twin, in less
// than 32 MB of extra memory, and at least 100 times faster than
// onnx.load + infer_shapes (skipped where python3-onnx is not installed).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "estimator/count/op_counts.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/graph/wire_reader.h"

namespace {

using picost::graph::AppendBytesField;
using picost::graph::AppendVarint;
using picost::graph::WireReader;
using picost::graph::WireType;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

// A piece of the big file: bytes as they are, or so many bytes of weights.
struct Piece {
  std::string bytes;
  size_t weights = 0;
};

size_t SizeOf(const std::vector<Piece>& pieces) {
  size_t size = 0;
  for (const Piece& piece : pieces) size += piece.bytes.size() + piece.weights;
  return size;
}

// A TensorProto with four bytes per element of raw data (field 9) in place of
// what said that the data is elsewhere (fields 13, 14).
std::vector<Piece> WithWeights(std::string_view tensor) {
  Piece piece;
  size_t elements = 1;
  WireReader reader(tensor);
  while (const auto field = reader.Next()) {
    if (field->number == 9 || field->number == 13 || field->number == 14) continue;
    if (field->number == 1 && field->type == WireType::kVarint) elements *= field->varint;
    piece.bytes.append(field->record);
  }
  if (elements <= 64) return {Piece{.bytes = std::string(tensor)}};
  piece.weights = 4 * elements;
  AppendVarint(9 << 3 | 2, piece.bytes);
  AppendVarint(piece.weights, piece.bytes);
  return {piece};
}

void AppendMessage(int64_t number, const std::vector<Piece>& content, std::vector<Piece>& out) {
  Piece header;
  AppendVarint(static_cast<uint64_t>(number) << 3 | 2, header.bytes);
  AppendVarint(SizeOf(content), header.bytes);
  out.push_back(header);
  out.insert(out.end(), content.begin(), content.end());
}

std::vector<Piece> FullModel(std::string_view model) {
  std::vector<Piece> pieces;
  WireReader reader(model);
  while (const auto field = reader.Next()) {
    if (field->number != 7) {
      pieces.push_back({.bytes = std::string(field->record)});
      continue;
    }
    std::vector<Piece> graph;
    WireReader inner(field->bytes);
    while (const auto part = inner.Next()) {
      if (part->number == 5) {
        AppendMessage(5, WithWeights(part->bytes), graph);
      } else {
        graph.push_back({.bytes = std::string(part->record)});
      }
    }
    AppendMessage(7, graph, pieces);
  }
  return pieces;
}

void WriteModel(const std::vector<Piece>& pieces, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  std::string block(1 << 20, '\0');
  for (size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(i * 2654435761u >> 13);
  for (const Piece& piece : pieces) {
    out.write(piece.bytes.data(), static_cast<std::streamsize>(piece.bytes.size()));
    for (size_t left = piece.weights; left > 0;) {
      const size_t now = std::min(left, block.size());
      out.write(block.data(), static_cast<std::streamsize>(now));
      left -= now;
    }
  }
}

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Gone with the benchmark, however it ends.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Median over repetitions; nothing where the file is refused.
std::optional<double> TimeImport(std::string_view bytes, int64_t& relus) {
  std::vector<double> times;
  for (int i = 0; i < 21; ++i) {
    const double start = Seconds();
    const auto graph = picost::graph::ImportOnnx(bytes, {});
    if (!graph.ok()) {
      std::fprintf(stderr, "%s\n", graph.status().ToString().c_str());
      return std::nullopt;
    }
    relus = picost::count::CountOps(*graph).total.relu_elements;
    times.push_back(Seconds() - start);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

int64_t PeakKilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

double TimePython(const std::string& path) {
  const std::string command =
      "/usr/bin/python3 -c 'import onnx, sys, time; s = time.perf_counter(); "
      "m = onnx.load(sys.argv[1]); onnx.shape_inference.infer_shapes(m); "
      "print(time.perf_counter() - s)' '" +
      path + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  double seconds = -1;
  if (pipe == nullptr) return seconds;
  if (std::fscanf(pipe, "%lf", &seconds) != 1) seconds = -1;
  pclose(pipe);
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY")) {
    if (chdir(workspace) != 0) return 1;
  }
  const char* temporary_folder = std::getenv("TMPDIR");
  const std::string folder = argc > 1                      ? argv[1]
                             : temporary_folder != nullptr ? temporary_folder
                                                           : "/tmp";
  const TemporaryFile temporary(folder + "/picost_vgg16_full_" + std::to_string(getpid()) +
                                ".onnx");
  const std::string& path = temporary.path();
  const std::string twin = ReadFile("data/models/vgg16_224.onnx");
  WriteModel(FullModel(twin), path);

  int64_t twin_relus = 0;
  const auto twin_seconds = TimeImport(twin, twin_relus);
  const int64_t before = PeakKilobytes();
  const int file = open(path.c_str(), O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) return 1;
  const auto size = static_cast<size_t>(status.st_size);
  void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (map == MAP_FAILED) return 1;
  int64_t full_relus = 0;
  const auto full_seconds =
      TimeImport(std::string_view(static_cast<const char*>(map), size), full_relus);
  const int64_t extra_kilobytes = PeakKilobytes() - before;
  munmap(map, size);
  close(file);
  if (!twin_seconds || !full_seconds) return 1;
  const double python_seconds = TimePython(path);

  std::printf("file with weights          %10.1f MB\n", static_cast<double>(size) / 1e6);
  std::printf("weightless twin            %10.3f ms\n", *twin_seconds * 1e3);
  std::printf("with weights, mapped       %10.3f ms\n", *full_seconds * 1e3);
  std::printf("extra peak memory          %10.1f MB\n", static_cast<double>(extra_kilobytes) / 1e3);
  std::printf("python3-onnx, same file    %10.1f ms\n", python_seconds * 1e3);
  bool holds = full_relus == twin_relus;
  const auto promise = [&](bool kept, const char* what) {
    std::printf("%s  %s\n", kept ? "holds" : "FAILS", what);
    holds = holds && kept;
  };
  promise(full_relus == twin_relus, "the same counts");
  promise(*full_seconds < 2 * *twin_seconds, "less than twice the time of the twin");
  promise(extra_kilobytes < 32 * 1024, "less than 32 MB of extra memory");
  if (python_seconds < 0) {
    std::printf("skip   python3-onnx is not installed\n");
  } else {
    promise(python_seconds > 100 * *full_seconds, "100 times faster than python3-onnx");
  }
  return holds ? 0 : 1;
}
