"""Debian's Prometheus scrapes the daemon and evaluates the shipped rules on what it finds."""
import json
import os
import shutil
import socket
import subprocess
import unittest
import urllib.parse
import urllib.request

from proto.picost.v1 import catalog_pb2, catalog_pb2_grpc
from harness import DaemonTestCase, empty_data, wait_for

PROMETHEUS = shutil.which("prometheus", path="/usr/bin:/bin")
PROMTOOL = shutil.which("promtool", path="/usr/bin:/bin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@unittest.skipUnless(PROMETHEUS, "Debian's package prometheus is not installed")
class PrometheusTest(DaemonTestCase):

    def query(self, expression):
        url = "http://127.0.0.1:%d/api/v1/query?%s" % (self.port, urllib.parse.urlencode({"query": expression}))
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]["result"]
        except OSError:
            return []

    def rules(self):
        with urllib.request.urlopen("http://127.0.0.1:%d/api/v1/rules" % self.port, timeout=10) as answer:
            return [rule for group in json.load(answer)["data"]["groups"] for rule in group["rules"]]

    def test_a_real_prometheus_scrapes_and_evaluates_the_rules(self):
        daemon = self.start(data=empty_data(self.folder))
        self.port = free_port()
        config = os.path.join(self.folder, "prometheus.yml")
        with open(config, "w") as f:
            json.dump({
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [os.path.abspath("service/ops/rules.yml")],
                "scrape_configs": [{"job_name": "picost",
                                    "static_configs": [{"targets": ["127.0.0.1:%d" % daemon.admin_port]}]}],
            }, f)
        with open(os.path.join(self.folder, "prometheus.log"), "wb") as log:
            prometheus = subprocess.Popen(
                [PROMETHEUS, "--config.file=" + config, "--storage.tsdb.path=" + os.path.join(self.folder, "tsdb"),
                 "--web.listen-address=127.0.0.1:%d" % self.port], stdout=log, stderr=log)
        self.addCleanup(prometheus.wait)
        self.addCleanup(prometheus.kill)
        with daemon.channel() as channel:
            stub = catalog_pb2_grpc.CatalogStub(channel)

            def evaluated():
                stub.ListPrimitives(catalog_pb2.ListPrimitivesRequest(), timeout=20)
                return self.query("picost:rpc_duration_seconds:p99_5m")

            wait_for(evaluated, "a recording rule over the daemon's calls", 120)
        self.assertEqual("1", self.query('up{job="picost"}')[0]["value"][1])
        error_ratio = wait_for(lambda: self.query("picost:rpc_error_ratio:rate5m"), "the error ratio", 60)
        self.assertEqual(0, float(error_ratio[0]["value"][1]))
        rules = wait_for(lambda: all(r["health"] == "ok" for r in self.rules()) and self.rules(), "healthy rules", 60)
        self.assertGreater(len([r for r in rules if r["type"] == "alerting"]), 4)
        # Nothing is wrong, so nothing fires; the daemon gone, something does.
        self.assertEqual([], self.query('ALERTS{alertstate="firing"}'))
        self.assertEqual(0, daemon.stop())
        wait_for(lambda: self.query('ALERTS{alertname="PicostDown"}'), "an alert about the daemon that is gone", 60)

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_the_exposition_follows_prometheus_rules(self):
        daemon = self.start(data=empty_data(self.folder))
        with daemon.channel() as channel:
            catalog_pb2_grpc.CatalogStub(channel).ListPrimitives(catalog_pb2.ListPrimitivesRequest(), timeout=20)
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=daemon.get("/metrics")[1].encode(),
                              capture_output=True)
        self.assertEqual((0, b""), (done.returncode, done.stdout + done.stderr))
        self.assertEqual(0, daemon.stop())


if __name__ == "__main__":
    unittest.main()
