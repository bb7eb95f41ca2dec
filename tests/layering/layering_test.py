"""The dependency rule: who may depend on whom, checked on Bazel's own graph.

base <- graph <- count <- protocols -> primitives <- cost; see //:BUILD and
docs/layout.md. Exceptions are named here and nowhere else.
"""
import os
import unittest

FOLDER = "tests/layering"


def labels(query):
    with open(os.path.join(FOLDER, query)) as f:
        found = {line.strip() for line in f if line.strip()}
    assert found, "query %s gave nothing: the test would hold for anything" % query
    return found


def own(found, *prefixes):
    return sorted(label for label in found if label.startswith(prefixes))


class LayeringTest(unittest.TestCase):

    def test_service_never_sees_calibrate(self):
        found = labels("service_closure")
        self.assertTrue(own(found, "//estimator/graph"), "the query must reach the estimator")
        self.assertEqual([], own(found, "//calibrate"))

    def test_service_never_sees_clients_but_for_the_embedded_page(self):
        allowed = ("//clients/dashboard:assets",)
        found = [l for l in own(labels("service_closure"), "//clients") if not l.startswith(allowed)]
        self.assertEqual([], [l for l in found if not l.startswith("//clients/dashboard:")])

    def test_protocols_know_no_seconds(self):
        found = labels("protocols_closure")
        self.assertTrue(own(found, "//estimator/primitives"))
        self.assertEqual([], own(found, "//estimator/cost", "//service", "//clients", "//proto"))

    def test_cost_knows_no_neural_network(self):
        found = labels("cost_closure")
        self.assertTrue(own(found, "//estimator/primitives"))
        self.assertEqual([], own(found, "//estimator/protocols", "//estimator/graph",
                                 "//estimator/count", "//service", "//clients"))

    def users(self, library):
        found = labels("users_of_" + library)
        return [l for l in found if l.startswith("//") and "_gen" not in l]

    def test_onnx_only_in_the_importer(self):
        for label in self.users("onnx"):
            self.assertRegex(label, r"^//estimator/graph(/onnx_ops)?:onnx_|^//estimator/graph/onnx_ops:")

    def test_grpc_only_in_service_clients_and_generated_code(self):
        for label in self.users("grpc"):
            self.assertRegex(label, r"^//(service|clients)[/:]|^//proto/")

    def test_crypto_library_only_for_digests_and_the_daemons_own_door(self):
        # Exceptions: SHA-256 of base:fingerprint and of lines that are sent once; tokens and
        # certificates of the daemon. Cryptography that is measured belongs to calibrate's drivers.
        self.assertEqual(["//clients/cli:trial_lines", "//estimator/base:fingerprint",
                          "//service/access:token", "//service/tls:certificates"], sorted(self.users("crypto")))

    def test_linear_algebra_only_in_fits(self):
        for label in self.users("eigen"):
            self.assertRegex(label, r"^//estimator/cost:")

    def test_sqlite_only_in_the_stores(self):
        for label in self.users("sqlite3"):
            self.assertRegex(label, r"^//service[/:]")


if __name__ == "__main__":
    unittest.main()
