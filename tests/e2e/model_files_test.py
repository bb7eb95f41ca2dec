"""Model files as users have them: with all their weights, above 2 GiB, with operators
and loops that only their authors know. The command line and the daemon as processes."""
import json
import os
import tempfile
import unittest

from tests.e2e.daemon_test import MODELS, Daemon, run

GIB = 1 << 30
WEIGHT_ROWS = 1 << 20  # x 640 float32: 2.5 GiB


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def integer(number, value):
    return varint(number << 3) + varint(value)


def value_info(name, dims):
    shape = b"".join(field(1, integer(1, d)) for d in dims)
    tensor = integer(1, 1) + field(2, shape)
    return field(1, name.encode()) + field(2, field(1, tensor))


def write_matmul(path, rows, columns):
    """y = Relu(x W) with all of W in the file, as a hole: sparse where the file system can."""
    weights = 4 * rows * columns
    head_of_tensor = integer(1, rows) + integer(1, columns) + integer(2, 1) + field(8, b"w")
    raw = varint(9 << 3 | 2) + varint(weights)
    tensor_size = len(head_of_tensor) + len(raw) + weights
    nodes = (field(1, field(1, b"x") + field(1, b"w") + field(2, b"h") + field(4, b"MatMul"))
             + field(1, field(1, b"h") + field(2, b"y") + field(3, b"act") + field(4, b"Relu")))
    before = nodes + field(2, b"g") + varint(5 << 3 | 2) + varint(tensor_size) + head_of_tensor + raw
    after = field(11, value_info("x", [1, rows])) + field(12, value_info("y", [1, columns]))
    graph_size = len(before) + weights + len(after)
    with open(path, "wb") as f:
        f.write(integer(1, 8) + field(8, field(1, b"") + integer(2, 17)))
        f.write(varint(7 << 3 | 2) + varint(graph_size) + before)
        f.seek(weights, os.SEEK_CUR)
        f.write(after)


class BigFileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "big.onnx")
        write_matmul(cls.path, WEIGHT_ROWS, 640)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check(self, counts):
        self.assertEqual(int(counts["linear_macs"]), WEIGHT_ROWS * 640)
        self.assertEqual(int(counts["relu_elements"]), 640)

    def test_is_above_two_gibibytes(self):
        self.assertGreater(os.path.getsize(self.path), 2 * GIB)

    def test_is_inspected_from_a_memory_map(self):
        status, out, err = run("inspect", self.path, "--format=json")
        self.assertEqual(status, 0, err)
        self.check(json.loads(out)["totals"])

    def test_is_stripped(self):
        thin = os.path.join(self.folder.name, "thin.onnx")
        status, _, err = run("strip", self.path, thin)
        self.assertEqual(status, 0, err)
        self.assertLess(os.path.getsize(thin), 1000)

    def test_is_registered_without_its_weights_and_uploaded_with_them(self):
        with tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(folder)
            try:
                status, out, err = run("models", "register", self.path, "--format=json",
                                       server=daemon.address)
                self.assertEqual(status, 0, err)
                registered = json.loads(out)["models"][0]
                self.check(registered["totals"])
                # Through the server's scanner, which keeps none of the 2.5 GiB.
                status, out, err = run("models", "upload", self.path, "--format=json",
                                       server=daemon.address)
                self.assertEqual(status, 0, err)
                self.assertEqual(json.loads(out)["models"][0]["name"], registered["name"])
                with open("/proc/%d/status" % daemon.process.pid) as f:
                    peak = [line for line in f if line.startswith("VmHWM")][0]
                self.assertLess(int(peak.split()[1]), 1 << 20, "KiB of the daemon's memory")
            finally:
                daemon.process.terminate()
                daemon.process.wait()
                daemon.log.close()


class ReadingFlagsTest(unittest.TestCase):
    def test_conventions_are_selectable_and_shown(self):
        model = os.path.join(MODELS, "resnet18_cifar.onnx")
        status, out, err = run("inspect", model, "--counting=without-stem")
        self.assertEqual(status, 0, err)
        self.assertIn("without-stem", out)
        self.assertIn("491,520", out)
        status, out, err = run("estimate", model, "--protocol=delphi", "--deployment=lan",
                               "--counting=without-stem")
        self.assertEqual(status, 0, err)
        self.assertIn("costs are of the network as written", out)

    def test_parameters_are_listed(self):
        model = os.path.join(MODELS, "resnet18_cifar.onnx")
        status, out, err = run("inspect", model, "--parameters", "--format=csv")
        self.assertEqual(status, 0, err)
        lines = out.splitlines()
        self.assertEqual(lines[0], "tensor,data_type,dimensions,elements,bytes")
        self.assertTrue(any(",float32,64x3x3x3,1728,6912" in line for line in lines))

    def test_custom_operators_come_from_a_file(self):
        node = field(1, b"x") + field(2, b"y") + field(4, b"Fancy") + field(7, b"my.lab")
        graph = (field(1, node) + field(11, value_info("x", [2, 8]))
                 + field(12, value_info("y", [2, 8])))
        model = (integer(1, 8) + field(8, field(1, b"") + integer(2, 17))
                 + field(8, field(1, b"my.lab") + integer(2, 1)) + field(7, graph))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "fancy.onnx")
            with open(path, "wb") as f:
                f.write(model)
            status, _, err = run("inspect", path)
            self.assertEqual(status, 3)
            self.assertIn("my.lab.Fancy", err)
            described = os.path.join(folder, "ops.textproto")
            with open(described, "w") as f:
                f.write('operator { domain: "my.lab" op_type: "Fancy" '
                        'output { dims: "in0[0]" dims: "in0[1]" } step { relu: "in0.size" } }')
            status, out, err = run("inspect", path, "--custom-operators=" + described,
                                   "--format=json")
            self.assertEqual(status, 0, err)
            self.assertEqual(int(json.loads(out)["totals"]["relu_elements"]), 16)

    def test_operators_say_what_they_count_as(self):
        status, out, err = run("operators", "--format=csv")
        self.assertEqual(status, 0, err)
        self.assertIn("counted_as", out.splitlines()[0])
        self.assertTrue(any(line.startswith("ai.onnx,MaxPool,") and "window - 1" in line
                            for line in out.splitlines()))


if __name__ == "__main__":
    unittest.main()
