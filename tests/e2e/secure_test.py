"""A configured daemon as its operator and its clients see it: TLS, tokens, roles, logs, --check-config."""
import hashlib
import json
import os
import re
import signal
import subprocess
import unittest

from harness import PICOSTD, DaemonTestCase, empty_data, wait_for

PICOST = os.path.abspath("clients/cli/picost")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


class SecureTest(DaemonTestCase):

    def setUp(self):
        super().setUp()
        self.data = empty_data(self.folder)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-keyout", "ca.key", "-out", "ca.crt", "-days", "30", "-subj", "/CN=authority")
        self.certificate("server", "IP:127.0.0.1", "30")
        self.write("token", "the token\n")
        self.write("principals", 'principals { name: "search" role: ROLE_PREDICTOR token_sha256: "%s" }' %
                   hashlib.sha256(b"the token").hexdigest())

    def openssl(self, *arguments):
        done = run("openssl", *arguments, cwd=self.folder)
        self.assertEqual(0, done.returncode, done.stderr)

    def certificate(self, name, san, days):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                     name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        self.write("san", "subjectAltName=" + san)
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                     "-out", name + ".crt", "-days", days, "-extfile", "san")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def path(self, name):
        return os.path.join(self.folder, name)

    def config(self, listener="", rest=""):
        return self.write("config", """
            listeners {
              address: "127.0.0.1:0"
              tls { certificate_file: "%s" key_file: "%s" }
              %s
            }
            access { principals_file: "%s" }
            logging { format: LOG_FORMAT_JSON calls: LOG_CALLS_ALL }
            data_dir: "%s"
            %s
            """ % (self.path("server.crt"), self.path("server.key"), listener, self.path("principals"), self.data, rest))

    def start_configured(self):
        port_file = self.path("port")
        self.config(listener='port_file: "%s"' % port_file)
        log = open(self.path("log"), "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen([PICOSTD, "--config=" + self.path("config")], stderr=log)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_for(lambda: os.path.exists(port_file) or process.poll() is not None, "a start")
        self.assertIsNone(process.poll(), self.log())
        with open(port_file) as f:
            return process, "127.0.0.1:%d" % int(f.read())

    def log(self):
        with open(self.path("log")) as f:
            return f.read()

    def test_clients_with_a_token_get_in_and_others_do_not(self):
        process, address = self.start_configured()
        good = ["--server=" + address, "--ca=" + self.path("ca.crt"), "--token-file=" + self.path("token")]
        done = run(PICOST, "primitives", "--format=json", *good)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue(json.loads(done.stdout)["primitives"])
        cases = [
            (["--server=" + address, "--ca=" + self.path("ca.crt")], 1, "token"),
            ([*good[:2], "--token-file=" + self.write("bad", "another")], 1, "belongs to nobody"),
            (["--server=" + address], 4, "--ca"),
            (["--server=192.0.2.1:7433", "--token-file=" + self.path("token")], 2, "unencrypted"),
            (["--server=" + address, "--cert=" + self.path("server.crt")], 2, "key"),
            (["--server=" + address, "--ca=" + self.path("nothing")], 2, "nothing"),
            (["--ca=" + self.path("ca.crt")], 2, "--server"),
        ]
        for flags, status, word in cases:
            with self.subTest(flags=flags):
                done = run(PICOST, "primitives", *flags)
                self.assertEqual(status, done.returncode, done.stderr)
                self.assertIn(word, done.stderr)
        # A role that is too small.
        done = run(PICOST, "models", "rm", "models/" + "a" * 64, *good)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("admin", done.stderr)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(timeout=60))

        # Every line is a record, from the first to the last.
        records = [json.loads(line) for line in self.log().splitlines()]
        self.assertEqual(["ending", "ended"], [r["message"] for r in records][-2:])
        calls = [r for r in records if r["message"] == "call"]
        served = [r for r in calls if r["code"] == "OK"][0]
        self.assertEqual("search", served["principal"])
        self.assertEqual("picost.v1.Catalog/ListPrimitives", served["method"])
        self.assertRegex(served["trace_id"], "^[0-9a-f]{32}$")
        self.assertRegex(served["request_id"], "^[0-9a-f]{16}$")
        self.assertTrue(served["peer"])
        self.assertEqual({"UNAUTHENTICATED", "PERMISSION_DENIED"},
                         {r["code"] for r in calls if r["severity"] == "WARNING"})

    def test_check_config_names_everything_and_every_mistake(self):
        done = run(PICOSTD, "--config=" + self.config(), "--check-config")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"ok +listener 127.0.0.1:0: certificate of /CN=server, valid until 20")
        self.assertIn("1 principals", done.stdout)
        self.assertIn("0 tables", done.stdout)
        bad = self.config(rest="limits { waiting_calls: 0 }\nstore: \"redis:x\"\n")
        done = run(PICOSTD, "--config=" + bad, "--check-config")
        self.assertEqual(2, done.returncode)
        self.assertEqual(2, len(done.stderr.strip().splitlines()), done.stderr)
        self.assertRegex(done.stderr, re.escape(bad) + r":\d+:\d+: limits.waiting_calls: is 0")
        self.assertRegex(done.stderr, re.escape(bad) + r":\d+:\d+: store: ")
        # What the files say counts, too, and all of it is found at once.
        self.write("principals", "principals { }")
        self.write("server.key", "nothing")
        done = run(PICOSTD, "--config=" + self.config(), "--check-config")
        self.assertEqual(2, done.returncode)
        self.assertEqual(2, done.stdout.count("PROBLEM"), done.stdout)

    def test_an_expired_certificate_ends_the_start_and_leaves_a_running_daemon_as_it_is(self):
        process, address = self.start_configured()
        good = ["--server=" + address, "--ca=" + self.path("ca.crt"), "--token-file=" + self.path("token")]
        self.certificate("server", "IP:127.0.0.1", "-1")
        second = run(PICOSTD, "--config=" + self.config())
        self.assertEqual(2, second.returncode)
        self.assertIn("expired", second.stderr)
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "certificates not reloaded" in self.log(), "a line about the reload")
        self.assertIn("expired", self.log())
        self.assertEqual(0, run(PICOST, "primitives", *good).returncode)
        # A renewed one is found without a signal.
        self.certificate("server", "IP:127.0.0.1", "30")
        wait_for(lambda: "certificates reloaded" in self.log(), "the new certificate to be taken")
        self.assertEqual(0, run(PICOST, "primitives", *good).returncode)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(timeout=60))

    def test_new_tokens_work_as_printed(self):
        done = run(PICOSTD, "--new-token")
        token = re.search(r"picost_\S+", done.stdout).group(0)
        digest = re.search(r'token_sha256: "([0-9a-f]{64})"', done.stdout).group(1)
        self.assertEqual(hashlib.sha256(token.encode()).hexdigest(), digest)
        self.assertNotEqual(done.stdout, run(PICOSTD, "--new-token").stdout)


if __name__ == "__main__":
    unittest.main()
