"""Rules of the source tree: file sizes, header guards, who may include what.

Each rule names the offending files. Exceptions stand in the tables below.
"""
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

MAX_LINES = 500  # of a source that is not a test; docs/layout.md says why

# Protocol ids may be written in their own file, the list, tests, data, docs and
# clients' help; a branch on one anywhere else means that adding a protocol edits it.
PROTOCOL_ID = re.compile(r'"(delphi|gazelle|minionn|cryptflow2-[a-z]+|cheetah|crypten|pillar-[a-z]+)"')
PROTOCOL_ID_FREE = re.compile(r"^(estimator/protocols/|tests/|clients/|tools/|calibrate/|data/)|_test\.(cc|py)$")


def sources(*endings):
    """Relative paths of the project's own files with one of the endings."""
    for folder, subfolders, files in os.walk(ROOT):
        relative = os.path.relpath(folder, ROOT)
        subfolders[:] = sorted(
            d for d in subfolders
            if not d.startswith((".", "bazel-")) and d not in ("third_party", "node_modules", "__pycache__"))
        for name in sorted(files):
            if name.endswith(endings):
                yield os.path.normpath(os.path.join(relative, name))


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


class SourceRulesTest(unittest.TestCase):

    def test_the_tree_is_found(self):
        self.assertIn("estimator/base/units.h", list(sources(".h")))

    def test_no_source_is_too_long(self):
        long = ["%s: %d lines" % (p, text(p).count("\n"))
                for p in sources(".cc", ".h", ".py", ".ts")
                if not re.search(r"(^tests/|_test\.)", p) and text(p).count("\n") > MAX_LINES]
        self.assertEqual([], long)

    def test_every_protocol_has_a_file_pair_that_opens_with_its_source(self):
        ids = re.findall(r"^\| `([a-z0-9-]+)` \|", text("docs/protocol_costs.md").split("## Primitives")[0], re.M)
        self.assertGreater(len(ids), 10)
        wrong = []
        for protocol in ids:
            path = "estimator/protocols/%s.cc" % protocol.replace("-", "_")
            if not os.path.exists(os.path.join(ROOT, path)) or not os.path.exists(os.path.join(ROOT, path[:-2] + "h")):
                wrong.append("%s: no file pair %s" % (protocol, path))
                continue
            opening = text(path).split("#include")[0]
            wrong += ["%s does not open with %r" % (path, part) for part in ("Modelled", "Left out")
                      if part not in opening]
        self.assertEqual([], wrong)

    def test_header_guards_name_their_path(self):
        wrong = []
        for path in sources(".h"):
            guard = "PICOST_" + re.sub(r"[/.]", "_", path).upper() + "_"
            if "#ifndef %s\n#define %s\n" % (guard, guard) not in text(path):
                wrong.append("%s: expected %s" % (path, guard))
        self.assertEqual([], wrong)

    def test_onnx_headers_only_in_the_importer(self):
        wrong = [p for p in sources(".cc", ".h")
                 if re.search(r"#include [<\"]onnx/", text(p))
                 # The fuzzers exchange parts of ONNX messages.
                 and not re.match(r"estimator/graph/(onnx_|onnx_ops/)|tests/fuzz/", p)]
        self.assertEqual([], wrong)

    def test_grpc_headers_only_in_service_and_clients(self):
        wrong = [p for p in sources(".cc", ".h")
                 if re.search(r"#include [<\"](grpcpp|grpc)/|\.grpc\.pb\.h", text(p))
                 and not re.match(r"(service|clients|tests)/", p)]
        self.assertEqual([], wrong)

    def test_protocol_ids_stay_with_their_protocol(self):
        wrong = []
        for path in sources(".cc", ".h"):
            if PROTOCOL_ID_FREE.search(path):
                continue
            for number, line in enumerate(text(path).split("\n"), 1):
                code = line.split("//")[0]
                if PROTOCOL_ID.search(code):
                    wrong.append("%s:%d: %s" % (path, number, line.strip()))
        self.assertEqual([], wrong)

    def test_the_estimator_has_no_clock_and_no_randomness(self):
        pattern = re.compile(r"#include <(chrono|random|ctime|thread)>|absl/(time/clock|random)|\brand\(")
        wrong = [p for p in sources(".cc", ".h")
                 if p.startswith("estimator/") and not p.endswith("_test.cc") and pattern.search(text(p))]
        self.assertEqual([], wrong)

    def test_nothing_leads_out_of_the_tree(self):
        pattern = re.compile(r"\.\./" r"shared/|/" r"work/")
        wrong = [p for p in sources(".cc", ".h", ".py", ".sh", ".md", ".textproto", ".bzl", "BUILD")
                 if pattern.search(text(p))]
        self.assertEqual([], wrong)


if __name__ == "__main__":
    unittest.main()
