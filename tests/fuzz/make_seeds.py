#!/usr/bin/python3
"""Writes seeds for the fuzz targets: models that reach every family of importers.

    tests/fuzz/make_seeds.py FOLDER

Makes FOLDER/onnx and FOLDER/custom_operators. Needs python3-onnx; takes the
operator tests of libonnx-testdata too, with their data as initializers, which is
how exporters write weights, axes and trip counts. tools/fuzz.sh minimises what
the fuzzers make of these seeds.
"""

import glob
import hashlib
import os
import sys

import onnx
from onnx import parser

TEST_DATA = "/usr/share/libonnx-testdata/data/node/*/model.onnx"
LARGEST = 4000  # bytes of one seed


def header(**opsets):
    imports = ", ".join(f'"{d.replace("_", ".")}" : {v}' for d, v in opsets.items() if d != "ai")
    first = f'"" : {opsets.get("ai", 17)}'
    return f"<ir_version: 8, opset_import: [{first}{', ' + imports if imports else ''}]>\n"


MS = {"com_microsoft": 1}

MODELS = [
    # Control flow.
    header() + """m (float[2,4] x) => (float[2,4] y) <bool yes = {1}> {
      y = If(yes) <then_branch = t () => (float[2,4] a) { a = Relu(x) },
                   else_branch = e () => (float[2,4] b) { b = Exp(x) }> }""",
    header() + """m (float[2,4] x) => (y, s) <int64 n = {3}, bool yes = {1}> {
      y, s = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b,
        float[2,4] out) { d = Identity(c)  b = Relu(a)  out = Tanh(b) }> }""",
    header() + """m (float[2,4] x) => (y) <int64 n = {2}, bool yes = {1}> {
      y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b) {
        d = Identity(c)
        b = Loop(n, c, a) <body = k (int64 j, bool p, float[2,4] q) => (bool r, float[2,4] s) {
          r = Identity(p)  s = Add(q, x) }> }> }""",
    # Functions within functions.
    '<ir_version: 8, opset_import: ["" : 17, "local" : 1]>\n' + """m (float[1,8] x) => (y)
      <float[8,8] w> { y = local.outer<slope=0.5>(x, w) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]>
      outer<slope>(a, w) => (b) { t = local.inner<alpha = @slope>(a, w)  b = Add(t, a) }
      <domain: "local", opset_import: ["" : 17]>
      inner<alpha>(a, w) => (b) { t = MatMul(a, w)  b = LeakyRelu<alpha = @alpha>(t) }""",
    # Recurrent layers.
    header() + """m (float[5,2,6] x) => (y, h, c) <float[2,16,6] w, float[2,16,4] r,
      float[2,32] b> { y, h, c = LSTM<hidden_size=4, direction="bidirectional">(x, w, r, b) }""",
    header() + """m (float[5,2,6] x) => (y, h) <float[1,12,6] w, float[1,12,4] r> {
      y, h = GRU<hidden_size=4, linear_before_reset=1>(x, w, r) }""",
    # Attention.
    header(ai=23) + """m (float[1,4,8,16] q, float[1,4,8,16] k, float[1,4,8,16] v) => (y) {
      y = Attention(q, k, v) }""",
    header(**MS) + """m (float[1,8,32] x) => (y) <float[32,96] w, float[96] b> {
      y = com.microsoft.Attention<num_heads=4>(x, w, b) }""",
    header(**MS) + """m (float[1,8,32] q, float[1,8,32] k, float[1,8,32] v) => (y) {
      y = com.microsoft.MultiHeadAttention<num_heads=4>(q, k, v) }""",
    header(**MS) + """m (float[1,8,64] q, float[1,8,32] k, float[1,8,32] v,
      float[1,2,4,16] pk, float[1,2,4,16] pv) => (y) {
      y = com.microsoft.GroupQueryAttention<num_heads=4, kv_num_heads=2>(q, k, v, pk, pv) }""",
    # Quantized forms.
    header(ai=13) + """m (float[1,3,8,8] x) => (y) <float s = {0.5}, uint8 z = {3},
      int8[4,3,3,3] w, float ws = {0.25}, int8 wz = {0}> {
      q = QuantizeLinear(x, s, z)
      c = QLinearConv(q, s, z, w, ws, wz, s, z)
      y = DequantizeLinear(c, s, z) }""",
    header(ai=13) + """m (uint8[2,8] x) => (y) <int8[8,4] w, uint8 z = {3}> {
      p = MatMulInteger(x, w, z)  f = Cast<to=1>(p)  y = Relu(f) }""",
    header(ai=13) + """m (float[2,8] x) => (y) <int8[8,4] w> {
      q, s, z = DynamicQuantizeLinear(x)  y = MatMulInteger(q, w, z) }""",
    # ONNX Runtime's fusions.
    header(**MS) + """m (float[1,3,8,8] x) => (y) <float[4,3,3,3] w, float[4] b> {
      c = com.microsoft.FusedConv<activation="Relu">(x, w, b)
      y = com.microsoft.Gelu(c) }""",
    header(**MS) + """m (float[2,5,16] x, float[2,5,16] skip) => (y) <float[16] g, float[16] b,
      float[16] bias> {
      n = com.microsoft.SkipLayerNormalization(x, skip, g, b, bias)
      f = com.microsoft.FastGelu(n)
      y = com.microsoft.BiasGelu(f, bias) }""",
    header(**MS) + """m (float[2,64] x) => (y) <uint8[32,2,16] w, float[64] s> {
      y = com.microsoft.MatMulNBits<K=64, N=32, bits=4, block_size=32>(x, w, s) }""",
    # Sequences, several operands, samples by position.
    header() + """m (float[2,4] x) => (y) <int64 at = {1}> {
      s = SplitToSequence<axis=0, keepdims=0>(x)  y = SequenceAt(s, at) }""",
    header() + """m (float[2,3] x, float[3,4] z, float[4,5] v) => (y) {
      y = Einsum<equation="ij,jk,kl->il">(x, z, v) }""",
    header() + """m (float[2,4,8] x) => (y) <float[8,16] w> {
      y = Einsum<equation="bsd,de->bse">(x, w) }""",
]

CUSTOM = [
    """operator { domain: "my.lab" op_type: "Op"
  output { dims: "in0[0]" dims: "in0[1]" dims: "in1[1]" }
  step { name: "product" linear { rows: "in0[0] * in0[1]" in: "in0[2]" out: "in1[1]" } }
  step { relu: "out0.size" } }
operator { domain: "my.lab" op_type: "Two"
  output { dims: "in0[0]" } output { dims: "in0.size / attr.groups" }
  step { comparisons: "out1.size" } step { matmul { rows: "2" inner: "3" columns: "in0.rank" } } }
""",
    """operator { domain: "my.lab" op_type: "Op" output { dims: "(in0[-1] + 2) * 3 - 1" }
  step { squares: "1" } step { multiplications: "2" } step { exponentials: "3" }
  step { reciprocals: "4" } }
operator { domain: "my.lab" op_type: "Two" output { } output { dims: "-1 + 2" } }
""",
]


def with_data(path):
    """The model of an operator test; all inputs but the first as initializers."""
    model = onnx.load(path)
    for i in range(1, len(model.graph.input)):
        data = os.path.join(os.path.dirname(path), "test_data_set_0", f"input_{i}.pb")
        tensor = onnx.TensorProto()
        try:
            with open(data, "rb") as file:
                tensor.ParseFromString(file.read())
        except Exception:  # sequences, optionals: no tensor
            continue
        tensor.name = model.graph.input[i].name
        model.graph.initializer.append(tensor)
    return model.SerializeToString()


def write(folder, content):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha1(content).hexdigest()), "wb") as out:
        out.write(content)


def fill_in(model):
    """Values declared between < and > without data become weights without data."""
    made = {t.name for t in model.graph.initializer}
    made |= {name for node in model.graph.node for name in node.output}
    for value in model.graph.value_info:
        if value.name in made:
            continue
        tensor = model.graph.initializer.add(name=value.name)
        tensor.data_type = value.type.tensor_type.elem_type
        tensor.dims.extend(d.dim_value for d in value.type.tensor_type.shape.dim)


def main():
    folder = sys.argv[1]
    for text in MODELS:
        try:
            model = parser.parse_model(text)
        except Exception as error:
            sys.exit(f"{error} in:\n{text}")
        fill_in(model)
        write(os.path.join(folder, "onnx"), model.SerializeToString())
    for text in CUSTOM:
        write(os.path.join(folder, "custom_operators"), text.encode())
    for path in sorted(glob.glob(TEST_DATA)):
        content = with_data(path)
        if len(content) <= LARGEST:
            write(os.path.join(folder, "onnx"), content)


if __name__ == "__main__":
    main()
