"""Every metric that a dashboard names is one that a daemon in use exposes."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, os.path.abspath("clients/python"))
sys.path.insert(0, os.path.abspath("tests/e2e"))

import grpc  # noqa: E402

import picost  # noqa: E402
from daemon_test import PICOSTD, Daemon, run  # noqa: E402
from picost._wire import graph_pb2, models_pb2  # noqa: E402

MODEL = "data/models/minionn_cifar.onnx"
WHERE = dict(protocol="cheetah", deployment="lan")
NAME = re.compile(r"\b(?:picost|process)_[a-z0-9_]+")


def expressions(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


class GrafanaTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        port_file = os.path.join(folder, "admin")
        cls.daemon = Daemon(folder, "--admin_listen=127.0.0.1:0", "--admin_port_file=" + port_file,
                            "--metric_studies=mine,gone")
        cls.addClassCleanup(cls.daemon.stop)
        with open(port_file) as f:
            cls.metrics = "http://127.0.0.1:%d/metrics" % int(f.read())
        cls.client = picost.Client(cls.daemon.address).wait_ready()
        cls.addClassCleanup(cls.client.close)
        cls.client.create_study("mine", online_seconds=1000.0, relu_elements=10**9)
        for accuracy in (0.5, 0.7):
            cls.trial = cls.client.log_trial("mine", MODEL, accuracy=accuracy, **WHERE)
        try:
            cls.client._stubs["models"].CreateModel(
                models_pb2.CreateModelRequest(graph=graph_pb2.GraphSource(onnx=b"no model")))
        except grpc.RpcError:
            pass
        cls.report(folder)
        cls.guarded = cls.refuse_somebody()

    @classmethod
    def report(cls, folder):
        """A measurement, for the panels of calibration health."""
        path = os.path.join(folder, "measured.json")
        with open(path, "w") as f:
            json.dump({"measurements": [dict(model=cls.trial.model, protocol="protocols/cheetah",
                                             deployment={"name": "deployments/lan"}, online_seconds=3.0)]}, f)
        status, _, error = run("measurements", "report", path, server=cls.daemon.address)
        assert status == 0, error

    @classmethod
    def refuse_somebody(cls):
        """Where the metrics of a daemon are that refused a call without a token."""
        folder = tempfile.mkdtemp()
        made = subprocess.run([PICOSTD, "--new_token"], capture_output=True, text=True, check=True).stdout
        with open(os.path.join(folder, "principals"), "w") as f:
            f.write("principals { name: 'reader' role: ROLE_READER %s }" % re.search(r'token_sha256: "\w+"', made).group(0))
        with open(os.path.join(folder, "config"), "w") as f:
            f.write("access { principals_file: '%s' }" % os.path.join(folder, "principals"))
        port_file = os.path.join(folder, "admin")
        daemon = Daemon(folder, "--config=" + os.path.join(folder, "config"), "--admin_listen=127.0.0.1:0",
                        "--admin_port_file=" + port_file)
        cls.addClassCleanup(daemon.stop)
        assert run("models", "ls", server=daemon.address)[0] != 0
        with open(port_file) as f:
            return "http://127.0.0.1:%d/metrics" % int(f.read())

    def scrape(self, url=None):
        with urllib.request.urlopen(url or self.metrics) as answer:
            return answer.read().decode()

    def samples(self):
        """Labels that the samples of each metric have; a family without samples is no help to a panel."""
        labels = {}
        for line in (self.scrape() + self.scrape(self.guarded)).splitlines():
            if not line.startswith("#"):
                name, rest = re.match(r"(\w+)(.*) \S+$", line).groups()
                labels.setdefault(name, set()).update(re.findall(r'(\w+)="', rest))
        return labels

    def test_every_metric_and_label_of_the_dashboards_is_there(self):
        there = self.samples()
        files = glob.glob("service/ops/grafana/*.json")
        self.assertEqual(2, len(files))
        for path in files:
            with open(path) as f:
                dashboard = json.load(f)
            found = list(expressions(dashboard))
            named = {name for e in found for name in NAME.findall(e)}
            self.assertGreater(len(named), 4)
            self.assertEqual(set(), named - set(there), path)
            for expression in found:
                for name, selector in re.findall(r"\b((?:picost|process)_\w+)\{([^}]*)\}", expression):
                    # Prometheus adds the instance, a scrape has none.
                    asked = set(re.findall(r"(\w+)\s*=", selector)) - {"instance"}
                    self.assertLessEqual(asked, there[name], expression)
                grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
                for name in NAME.findall(expression):
                    if not re.search(r"label_values", expression):
                        self.assertLessEqual(grouped - {"instance"}, there[name], expression)

    def test_the_dashboards_show_what_operators_look_for(self):
        titles = ""
        for path in glob.glob("service/ops/grafana/*.json"):
            with open(path) as f:
                titles += " ".join(panel["title"] for panel in json.load(f)["panels"]).lower()
        for subject in ("requests", "errors", "saturation", "cache", "coverage", "calibration health", "budget", "hypervolume"):
            self.assertIn(subject, titles)

    def test_panels_have_titles_units_and_distinct_places(self):
        for path in glob.glob("service/ops/grafana/*.json"):
            with open(path) as f:
                panels = json.load(f)["panels"]
            places = {(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels}
            self.assertEqual(len(panels), len(places))
            for panel in panels:
                self.assertTrue(panel["title"] and panel["fieldConfig"]["defaults"]["unit"] and panel["targets"])

    def test_configured_studies_show_their_figures(self):
        text = self.scrape()
        front = self.client.pareto_front("mine")

        def value(name):
            return float(re.search(r'^%s\{study="mine"\} (\S+)$' % name, text, re.MULTILINE).group(1))

        self.assertEqual(2, value("picost_study_trials"))
        self.assertEqual(2, value("picost_study_feasible_trials"))
        self.assertAlmostEqual(front.hypervolume, value("picost_study_hypervolume"), places=6)
        self.assertAlmostEqual(self.trial.totals.online.latency_seconds.p50,
                               value("picost_study_best_feasible_online_seconds"), places=6)
        self.assertRegex(text, r'picost_study_budget\{metric="online_seconds",study="mine"\} 1000')
        self.assertNotIn('study="gone"', text)

    def test_studies_that_nobody_configured_are_no_metrics(self):
        self.client.create_study("other")
        self.assertNotIn("other", self.scrape())

    def test_more_than_fifty_are_refused(self):
        folder = tempfile.mkdtemp()
        daemon = Daemon(folder, "--metric_studies=" + ",".join("s%d" % i for i in range(51)), expect_start=False)
        self.assertEqual(2, daemon.process.wait(timeout=60))
        daemon.stop()
        self.assertIn("at most 50", daemon.read_log())


if __name__ == "__main__":
    unittest.main()
