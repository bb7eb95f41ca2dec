// Source: OpenCheetah f71d4d4 (Huang et al., USENIX Security 2022, section 3),
// gemini/cheetah/shape_inference.cc for the tiling; bytes measured by this project
// (data/calibration): within 0.3 % at ring bit width 37, where replies are
// compressed; ring bit width 41 from layer rows; other widths are interpolated.
//
// RLWE with N = 4096, one 60-bit data prime after switching. A polynomial carries
// the coefficients of one tile of an image, of several channels where they fit; a
// ciphertext-plaintext product is a convolution; no rotations.
#include "estimator/primitives/cheetah_linear.h"

#include <algorithm>
#include <cstdint>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

constexpr char kCitation[] =
    "Cheetah (Huang et al., USENIX Security 2022, section 3), OpenCheetah f71d4d4, measured";
constexpr int64_t kRingDegree = 4096;
constexpr int64_t kCiphertextUpBytes = 62'424;  // seeded, zstd: +-0.03 %

// floor(sqrt(a)) for 0 <= a < 2^62.
constexpr int64_t IntegerSquareRoot(int64_t a) {
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 30; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= a) root += bit;
  }
  return root;
}

// How OpenCheetah cuts a convolution into polynomials.
struct Tiling {
  int64_t channels_per_ciphertext = 1;
  int64_t tiles = 1;
  int64_t channel_groups = 1;  // ceil(in_channels / channels_per_ciphertext)
  int64_t output_rows = 0;     // of the stride-1 result
  int64_t output_columns = 0;
  // Coefficients that a reply keeps: the outputs with the stride's gaps, which may
  // reach past the stride-1 result.
  int64_t kept_rows = 0;
  int64_t kept_columns = 0;
};

// A 1x1 kernel with a stride first drops the rows and columns that it skips; a
// wider kernel is computed at stride 1 and the stride selects coefficients.
Tiling TileConvolution(const Parameters& p) {
  const int64_t kernel_height = p.Get("kernel_height");
  const int64_t kernel_width = p.Get("kernel_width");
  int64_t height = p.Get("height") + p.Get("pad_top") + p.Get("pad_bottom");
  int64_t width = p.Get("width") + p.Get("pad_left") + p.Get("pad_right");
  if (kernel_height == 1) height = CeilDiv(height, p.Get("stride_height"));
  if (kernel_width == 1) width = CeilDiv(width, p.Get("stride_width"));
  // A kernel that overhangs the padded image is refused where graphs are made.
  height = std::max(height, kernel_height);
  width = std::max(width, kernel_width);

  Tiling tiling;
  tiling.output_rows = height - kernel_height + 1;
  tiling.output_columns = width - kernel_width + 1;
  tiling.kept_rows = RoundUp(tiling.output_rows, kernel_height == 1 ? 1 : p.Get("stride_height"));
  tiling.kept_columns =
      RoundUp(tiling.output_columns, kernel_width == 1 ? 1 : p.Get("stride_width"));
  if (height * width <= kRingDegree) {
    tiling.channels_per_ciphertext =
        std::max<int64_t>(1, std::min({kRingDegree / (height * width), p.Get("in_channels"),
                                       kRingDegree / (kernel_height * kernel_width)}));
  } else {
    int64_t tile_height =
        std::clamp<int64_t>(IntegerSquareRoot(kRingDegree * height / width), 1, height);
    int64_t tile_width = std::clamp<int64_t>(kRingDegree / tile_height, 1, width);
    if (std::abs(tile_width - tile_height) < 2) {
      tile_height = tile_width = std::min(tile_height, tile_width);
    }
    const int64_t step_rows = std::max<int64_t>(1, tile_height - kernel_height + 1);
    const int64_t step_columns = std::max<int64_t>(1, tile_width - kernel_width + 1);
    tiling.tiles =
        CeilDiv(tiling.output_rows, step_rows) * CeilDiv(tiling.output_columns, step_columns);
  }
  tiling.channel_groups = CeilDiv(p.Get("in_channels"), tiling.channels_per_ciphertext);
  return tiling;
}

// A reply: switched to one prime, unused coefficients zeroed, low bits dropped,
// then compressed. Linear in the ring bit width through the two widths measured:
// 30,403 B + 6.534 B per kept coefficient at 37 bits, 31,856 + 7.110 at 41.
int64_t ReplyBytes(int64_t ring_bits, int64_t ciphertexts, int64_t coefficients) {
  const int64_t above = ring_bits - 37;
  const int64_t per_ciphertext = (4 * 30'403 + above * 1'453) / 4;
  const int64_t per_coefficient_milli = 6'534 + above * 144;
  return Sum({Product({ciphertexts, per_ciphertext}),
              Product({coefficients, per_coefficient_milli}) / 1000});
}

Traffic Exchange(int64_t up, int64_t down) {
  return {.client_to_server = Bytes(up), .server_to_client = Bytes(down), .flights = Flights(2)};
}

ParameterSpec RingBits() {
  return {"ring_bits", "bit width of the ring Z_2^ring_bits", 16, 64, false};
}
ParameterSpec Size(const char* name, const char* meaning, int64_t minimum, int64_t maximum) {
  return {name, meaning, minimum, maximum, false};
}

// ---- conv: ceil(Ci / c) tiles in, Co tiles out, one product for each pair.

struct ConvolutionWork {
  int64_t input_ciphertexts = 0;
  int64_t output_ciphertexts = 0;
  int64_t products = 0;
  int64_t kept_coefficients = 0;
  bool pointwise = false;  // 1x1, one channel per polynomial
};
ConvolutionWork Convolution(const Parameters& p, int64_t count) {
  const Tiling tiling = TileConvolution(p);
  const int64_t out = p.Get("out_channels");
  ConvolutionWork work;
  work.input_ciphertexts = Product({tiling.channel_groups, tiling.tiles, count});
  work.output_ciphertexts = Product({out, tiling.tiles, count});
  work.products = Product({out, tiling.channel_groups, tiling.tiles, count});
  work.kept_coefficients = Product({out, tiling.kept_rows, tiling.kept_columns, count});
  work.pointwise = p.Get("kernel_height") == 1 && p.Get("kernel_width") == 1 &&
                   tiling.channels_per_ciphertext == 1;
  return work;
}
Traffic ConvolutionTraffic(const Parameters& p, int64_t count) {
  const ConvolutionWork work = Convolution(p, count);
  return Exchange(Product({work.input_ciphertexts, kCiphertextUpBytes}),
                  ReplyBytes(p.Get("ring_bits"), work.output_ciphertexts, work.kept_coefficients));
}
std::vector<int64_t> ConvolutionUse(const Parameters& p, int64_t count) {
  const ConvolutionWork work = Convolution(p, count);
  return {count,
          work.input_ciphertexts,
          work.output_ciphertexts,
          work.pointwise ? 0 : work.products,
          work.pointwise ? work.products : 0,
          work.kept_coefficients};
}

// ---- fc: the [out, in] matrix is cut into d0 x d1 blocks, d0 d1 <= N, with the
// fewest ciphertexts in plus out; the first minimum in rising d0 is taken.

struct Block {
  int64_t input_ciphertexts = 0;
  int64_t output_ciphertexts = 0;
};
Block SplitMatrix(int64_t in, int64_t out) {
  Block best;
  for (int64_t d0 = 1; d0 <= std::min(kRingDegree, out); ++d0) {
    const int64_t d1 = std::min(in, kRingDegree / d0);
    if (d1 < 1) break;
    const Block block{CeilDiv(in, d1), CeilDiv(out, d0)};
    if (best.input_ciphertexts == 0 || block.input_ciphertexts + block.output_ciphertexts <
                                           best.input_ciphertexts + best.output_ciphertexts) {
      best = block;
    }
  }
  return best;
}
Traffic MatrixTraffic(const Parameters& p, int64_t count) {
  const Block block = SplitMatrix(p.Get("in_features"), p.Get("out_features"));
  Traffic traffic =
      Exchange(Product({block.input_ciphertexts, count, kCiphertextUpBytes}),
               ReplyBytes(p.Get("ring_bits"), Product({block.output_ciphertexts, count}),
                          Product({p.Get("out_features"), count})));
  traffic.flights = Flights(Product({2, count}));  // rows run one after another
  return traffic;
}
std::vector<int64_t> MatrixUse(const Parameters& p, int64_t count) {
  const Block block = SplitMatrix(p.Get("in_features"), p.Get("out_features"));
  return {count, Product({block.input_ciphertexts, count}),
          Product({block.output_ciphertexts, count}),
          Product({block.input_ciphertexts, block.output_ciphertexts, count})};
}

// ---- private_matmul: X Y with both shared. The two cross terms X0 Y1 and Y0 X1 are a
// product of the client's matrix with the server's each; their ciphertexts travel
// together, so two flights for all `count` products. Packing of Iron (Hao et al.,
// NeurIPS 2022): blocks of mw x nw of the client's [m, n] and nw x kw of the server's
// [n, k] matrix with mw nw kw <= N fill one polynomial each; ceil(m/mw) ceil(n/nw)
// ciphertexts up, ceil(m/mw) ceil(k/kw) down, a product for each triple of blocks.
// Block sides are powers of two or the whole side; the fewest ciphertexts win. Sizes
// are those of Cheetah's own ciphertexts.

struct MatMulBlocks {
  int64_t inputs = 0;
  int64_t outputs = 0;
  int64_t products = 0;
};
std::vector<int64_t> BlockSides(int64_t side) {
  std::vector<int64_t> sides;
  for (int64_t block = 1; block < std::min(side, kRingDegree); block *= 2) sides.push_back(block);
  sides.push_back(std::min(side, kRingDegree));
  return sides;
}
MatMulBlocks CrossTerm(int64_t m, int64_t n, int64_t k) {
  MatMulBlocks best;
  for (int64_t mw : BlockSides(m)) {
    for (int64_t nw : BlockSides(n)) {
      if (mw * nw > kRingDegree) break;
      const int64_t kw = std::min(k, kRingDegree / (mw * nw));
      const MatMulBlocks blocks{Product({CeilDiv(m, mw), CeilDiv(n, nw)}),
                                Product({CeilDiv(m, mw), CeilDiv(k, kw)}),
                                Product({CeilDiv(m, mw), CeilDiv(n, nw), CeilDiv(k, kw)})};
      if (best.inputs == 0 || blocks.inputs + blocks.outputs < best.inputs + best.outputs) {
        best = blocks;
      }
    }
  }
  return best;
}
MatMulBlocks PrivateMatMul(const Parameters& p, int64_t count) {
  const int64_t m = p.Get("rows"), n = p.Get("inner"), k = p.Get("columns");
  const MatMulBlocks left = CrossTerm(m, n, k);
  const MatMulBlocks right = CrossTerm(k, n, m);  // transposed: the client's Y0 first
  return {Product({count, Sum({left.inputs, right.inputs})}),
          Product({count, Sum({left.outputs, right.outputs})}),
          Product({count, Sum({left.products, right.products})})};
}
Traffic PrivateMatMulTraffic(const Parameters& p, int64_t count) {
  const MatMulBlocks blocks = PrivateMatMul(p, count);
  return Exchange(Product({blocks.inputs, kCiphertextUpBytes}),
                  ReplyBytes(p.Get("ring_bits"), blocks.outputs,
                             Product({2, count, p.Get("rows"), p.Get("columns")})));
}
std::vector<int64_t> PrivateMatMulUse(const Parameters& p, int64_t count) {
  const MatMulBlocks blocks = PrivateMatMul(p, count);
  return {Product({2, count}), blocks.inputs, blocks.outputs, blocks.products};
}

// ---- bn: a private scale per channel: each channel is tiled and sent on its own.

Traffic BatchNormTraffic(const Parameters& p, int64_t count) {
  const int64_t pixels = p.Get("pixels");
  const int64_t ciphertexts = Product({CeilDiv(pixels, kRingDegree), count});
  return Exchange(Product({ciphertexts, kCiphertextUpBytes}),
                  ReplyBytes(p.Get("ring_bits"), ciphertexts, Product({pixels, count})));
}
std::vector<int64_t> BatchNormUse(const Parameters& p, int64_t count) {
  return {1, Product({CeilDiv(p.Get("pixels"), kRingDegree), count}),
          Product({p.Get("pixels"), count})};
}

// ---- ewmul_he: shares times the server's values, element by element: slots modulo
// three primes cover 2 ring_bits + 1 bits and the statistical mask, so three
// ciphertexts per 4,096 elements. Reply: 55,747 / 57,579 / 60,090 B at 32 / 37 / 41
// bits, linear between and beyond.

int64_t ElementwiseReplyBytes(int64_t ring_bits) {
  return ring_bits <= 37 ? 57'579 + (ring_bits - 37) * (57'579 - 55'747) / 5
                         : 57'579 + (ring_bits - 37) * (60'090 - 57'579) / 4;
}
int64_t ElementwiseCiphertexts(int64_t count) { return Product({3, CeilDiv(count, kRingDegree)}); }
Traffic ElementwiseTraffic(const Parameters& p, int64_t count) {
  const int64_t ciphertexts = ElementwiseCiphertexts(count);
  return Exchange(Product({ciphertexts, kCiphertextUpBytes}),
                  Product({ciphertexts, ElementwiseReplyBytes(p.Get("ring_bits"))}));
}
std::vector<int64_t> ElementwiseUse(const Parameters&, int64_t count) {
  return {1, ElementwiseCiphertexts(count)};
}

const UsageSpec kInputs = {"input_ciphertexts", "ciphertexts that the client encrypts and sends"};
const UsageSpec kOutputs = {"output_ciphertexts", "replies that the client decrypts"};

}  // namespace

std::vector<PrimitiveSpec> CheetahLinearPrimitives() {
  const auto base = [](const char* id, const char* unit) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kWholeProtocol;
    spec.unit = unit;
    spec.citation = kCitation;
    spec.status = FormStatus::kEmpirical;
    spec.traffic_relative_bound = 0.003;
    return spec;
  };
  std::vector<PrimitiveSpec> specs;
  constexpr int64_t kSide = 1 << 20;
  constexpr int64_t kFeatures = 1 << 30;

  PrimitiveSpec conv = base("cheetah.conv", "one convolution of one image, one group");
  conv.parameters = {
      RingBits(),
      Size("in_channels", "input channels of the group", 1, kFeatures),
      Size("out_channels", "output channels of the group", 1, kFeatures),
      Size("height", "input height without padding", 1, kSide),
      Size("width", "input width without padding", 1, kSide),
      Size("kernel_height", "kernel height, holes of a dilated kernel included", 1, kSide),
      Size("kernel_width", "kernel width, holes of a dilated kernel included", 1, kSide),
      Size("stride_height", "vertical stride", 1, kSide),
      Size("stride_width", "horizontal stride", 1, kSide),
      Size("pad_top", "rows of padding above", 0, kSide),
      Size("pad_bottom", "rows of padding below", 0, kSide),
      Size("pad_left", "columns of padding on the left", 0, kSide),
      Size("pad_right", "columns of padding on the right", 0, kSide),
      Size("client_plaintext_input",
           "1: the client holds the input in the clear (first layer); 0: it is shared", 0, 1)};
  conv.usage = {
      {"calls", "convolutions"},
      kInputs,
      kOutputs,
      {"products", "ciphertext-plaintext products, pointwise ones apart",
       Operation::kCiphertextProduct},
      {"pointwise_products",
       "products of 1x1 kernels with one channel per polynomial: the cheap class",
       Operation::kCiphertextProduct},
      {"kept_coefficients", "coefficients that the replies keep: outputs and the stride's gaps"}};
  conv.traffic = ConvolutionTraffic;
  conv.use = ConvolutionUse;
  specs.push_back(conv);

  PrimitiveSpec fc = base("cheetah.fc", "one row times a matrix");
  fc.parameters = {RingBits(), Size("in_features", "elements of the row", 1, kFeatures),
                   Size("out_features", "elements of the result", 1, kFeatures)};
  fc.usage = {{"calls", "rows"},
              kInputs,
              kOutputs,
              {"products", "ciphertext-plaintext products", Operation::kCiphertextProduct}};
  fc.traffic = MatrixTraffic;
  fc.use = MatrixUse;
  specs.push_back(fc);

  // The same work as of rows times a matrix.
  specs.back().cost_group = "cheetah.matrix";
  PrimitiveSpec matmul = specs.back();
  matmul.id = "cheetah.private_matmul";
  matmul.unit = "one product of two shared matrices";
  matmul.citation =
      "packing of Iron (Hao et al., NeurIPS 2022) with the ciphertexts of OpenCheetah f71d4d4";
  matmul.status = FormStatus::kDerived;
  matmul.traffic_relative_bound = 0;
  matmul.parameters = {RingBits(), Size("rows", "rows of the first matrix", 1, kFeatures),
                       Size("inner", "columns of the first, rows of the second", 1, kFeatures),
                       Size("columns", "columns of the second matrix", 1, kFeatures)};
  matmul.traffic = PrivateMatMulTraffic;
  matmul.use = PrivateMatMulUse;
  specs.push_back(matmul);

  PrimitiveSpec bn = base("cheetah.bn", "one channel");
  bn.parameters = {RingBits(), Size("pixels", "elements of one channel", 1, int64_t{1} << 40)};
  bn.usage = {
      {"calls", "batch norms"},
      {"ciphertexts", "ciphertexts each way, with one product each", Operation::kCiphertextProduct},
      {"kept_coefficients", "elements scaled"}};
  bn.traffic = BatchNormTraffic;
  bn.use = BatchNormUse;
  specs.push_back(bn);

  PrimitiveSpec product = base("cheetah.ewmul_he", "one element");
  product.parameters = {RingBits()};
  product.usage = {{"calls", "element-wise products"},
                   {"ciphertexts", "ciphertexts each way, with one product each",
                    Operation::kCiphertextProduct}};
  product.traffic = ElementwiseTraffic;
  product.use = ElementwiseUse;
  specs.push_back(product);
  return specs;
}

}  // namespace picost::primitives
