"""The real daemon and the real command line client, as a user runs them."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PICOST = os.path.abspath("clients/cli/picost")
PICOSTD = os.path.abspath("service/picostd")
DATA = os.path.abspath("data")
MODELS = os.path.join(DATA, "models")


def run(*arguments, server=None, cwd=None, data_dir=DATA):
    """Exit status, standard output, standard error of picost."""
    command = [PICOST, *arguments]
    if server:
        command.append("--server=" + server)
    environment = {"PATH": "/usr/bin:/bin", "PICOST_DATA_DIR": data_dir}
    done = subprocess.run(command, capture_output=True, timeout=120, cwd=cwd, env=environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def model(name):
    return os.path.join(MODELS, name + ".onnx")


def content(name):
    with open(model(name), "rb") as f:
        return f.read()


class Daemon:
    """picostd on a free port."""

    def __init__(self, folder, *flags, store="memory", expect_start=True):
        self.port_file = os.path.join(folder, "port")
        if os.path.exists(self.port_file):
            os.remove(self.port_file)
        self.log_path = os.path.join(folder, "log")
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [PICOSTD, "--listen=127.0.0.1:0", "--data_dir=" + DATA, "--store=" + store,
             "--port_file=" + self.port_file, *flags], stdout=self.log, stderr=self.log)
        self.address = None
        if expect_start:
            deadline = time.monotonic() + 60
            while not os.path.exists(self.port_file):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError("picostd did not start:\n" + self.read_log())
                time.sleep(0.02)
            with open(self.port_file) as f:
                self.address = "127.0.0.1:%d" % int(f.read())

    def read_log(self):
        with open(self.log_path) as f:
            return f.read()

    def stop(self, signal_number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        status = self.process.wait(timeout=60)
        self.log.close()
        return status


class CommandLineTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        cls.daemon = Daemon(cls.folder)

    @classmethod
    def tearDownClass(cls):
        status = cls.daemon.stop()
        assert status == 0, "SIGTERM must end the daemon with status 0, not %d" % status
        shutil.rmtree(cls.folder)

    def assert_alive(self):
        status, out, err = run("inspect", model("minionn_cifar"), "--format=json", server=self.daemon.address)
        self.assertEqual(0, status, err)
        self.assertEqual("173056", json.loads(out)["totals"]["relu_elements"])

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def test_counts_of_the_issue(self):
        for name, relus in (("resnet18_cifar", 557056), ("resnet18_224", 2308096)):
            status, out, err = run("inspect", model(name), "--format=json")
            self.assertEqual((0, ""), (status, err))
            self.assertEqual(relus, int(json.loads(out)["totals"]["relu_elements"]))

    def test_no_header_of_the_page_ends_the_daemon(self):
        folder = tempfile.mkdtemp(dir=self.folder)
        port_file = os.path.join(folder, "admin")
        daemon = Daemon(folder, "--admin_listen=127.0.0.1:0", "--admin_port_file=" + port_file)
        try:
            with open(port_file) as f:
                port = int(f.read())
            for authorization, host in ((b"Bearer \xc3\xa9", "127.0.0.1"), (b"Bearer x", "127.0.0.1"),
                                        (b"Bearer x", "127.0.0.1.evil.example")):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("POST", "/api/picost.v1.Studies/ListStudies", "{}",
                                   {"Content-Type": "application/json", "Authorization": authorization,
                                    "Host": host})
                status = connection.getresponse().status
                if b"\xc3" in authorization:
                    self.assertEqual(401, status)
                if "evil" in host:
                    self.assertIn(status, (400, 403, 421))
            self.assertIsNone(daemon.process.poll(), daemon.read_log())
        finally:
            self.assertEqual(0, daemon.stop())

    def test_a_sweep_that_was_cut_goes_on_where_it_was(self):
        lines = [json.dumps({"id": "c%d" % i, "kept": {"/Relu": 100 + i}}) + "\n" for i in range(4)]
        source = self.write("candidates.jsonl", "".join(lines[:3]).encode())
        target = os.path.join(self.folder, "scores.csv")
        sweep = ("sweep", "resnet18_cifar", source, target, "--protocol=delphi", "--deployment=lan")
        status, _, err = run(*sweep, server=self.daemon.address)
        self.assertEqual(0, status, err)
        with open(target) as f:
            whole = f.read()
        self.assertEqual(4, whole.count("\n"))
        row = dict(zip(whole.split("\n")[0].split(","), whole.split("\n")[1].split(",")))
        self.assertEqual(("c0", str(557056 - 65536 + 100)), (row["id"], row["relu_elements"]))
        with open(target, "w") as f:
            f.write(whole[:-40])  # killed while it wrote the last row
        with open(source, "w") as f:
            f.writelines(lines)
        status, _, err = run(*sweep, server=self.daemon.address)
        self.assertEqual((0, "2 candidates scored, 0 of them refused, 2 were there\n"), (status, err))
        with open(target) as f:
            again = f.read()
        self.assertEqual(whole, again[:len(whole)])
        self.assertEqual(5, again.count("\n"))
        status, _, err = run("sweep", "resnet18_cifar", source, source, "--protocol=delphi", "--deployment=lan")
        self.assertEqual(2, status)
        self.assertIn("holds something else", err)

    def test_with_and_without_server_every_byte_is_equal(self):
        questions = [
            ("inspect", model("resnet18_cifar")),
            ("plan", model("minionn_cifar"), "--protocol=cheetah"),
            ("plan", "resnet18", "--protocol=all"),
            ("plan", model("vgg16_cifar"), "--protocol=cheetah", "--rewrites=all"),
            ("estimate", model("resnet18_cifar"), "--protocol=cheetah,delphi", "--deployment=lan,wan"),
            ("estimate", "resnet32_cifar", "--protocol=delphi", "--deployment=lan", "--calls",
             "--network=rtt=40ms,up=10MB/s,down=100Mbit/s"),
            ("compare", "minionn_cifar", "--protocol=cheetah,delphi,cryptflow2-he", "--deployment=lan,wan"),
            ("compare", "minionn_cifar", "--protocol=cheetah,delphi", "--deployment=lan", "--online",
              "--network=lo,mobile", "--network=rtt=80ms,bandwidth=100Mbit/s"),
            ("protocols",), ("protocols", "cheetah"), ("rewrites",), ("deployments",), ("tables",), ("networks",), ("primitives",), ("operators",),
        ]
        for question in questions:
            # Every format of the catalogue goes through the same code: one is enough.
            formats = ("table", "json", "csv") if len(question) > 1 else ("json",)
            for output in formats:
                with self.subTest(question=question, format=output):
                    local = run(*question, "--format=" + output)
                    remote = run(*question, "--format=" + output, server=self.daemon.address)
                    self.assertEqual(0, local[0], local[2])
                    self.assertEqual(local, remote)
                    self.assertTrue(local[1])

    def test_what_is_refused_is_refused_once_and_clearly(self):
        whole = content("resnet18_cifar")
        unknown = whole.replace(b"\x22\x04Relu", b"\x22\x04Foo9")
        self.assertNotEqual(whole, unknown)
        cases = [
            ("not ONNX", self.write("text.onnx", b"This is no model.\n" * 100), []),
            ("empty", self.write("empty.onnx", b""), ["empty"]),
            ("truncated", self.write("cut.onnx", whole[:5000]), ["truncated"]),
            ("unknown operator", self.write("unknown.onnx", unknown), ["Foo9", "node", "opset"]),
            ("unbound dimension", model("resnet18_224_dyn"), ["--dim"]),
        ]
        for what, path, words in cases:
            for server in (None, self.daemon.address):
                with self.subTest(what=what, server=server):
                    status, out, err = run("inspect", path, server=server)
                    self.assertEqual(3, status, err)
                    self.assertEqual("", out)
                    self.assertEqual(1, err.count("\n"), err)
                    self.assertTrue(err.startswith("picost: "), err)
                    for word in words:
                        self.assertIn(word, err)
            self.assert_alive()

    def test_a_protocol_that_cannot_hold_a_layer_names_layer_and_limit(self):
        status, _, err = run("estimate", model("resnet18_224"), "--protocol=delphi", "--deployment=lan")
        self.assertEqual(3, status)
        self.assertIn("4096", err)
        self.assertIn("node", err)

    def test_a_comparison_names_the_fastest_and_the_flips_and_keeps_refusals_apart(self):
        question = ("compare", "minionn_cifar", "--protocol=cheetah,no-such,delphi", "--deployment=lan,wan")
        status, out, err = run(*question, "--format=json")
        self.assertEqual(0, status, err)
        answer = json.loads(out)
        self.assertEqual(6, len(answer["cells"]))
        self.assertEqual([1, 1], [c["protocol"] for c in answer["cells"] if c.get("error")])
        for deployment, fastest in enumerate(answer["fastest"]):
            seconds = {c["protocol"]: c["seconds"]["p50"] for c in answer["cells"]
                       if c["deployment"] == deployment and not c.get("error")}
            self.assertEqual(min(seconds, key=seconds.get), fastest["protocol"])
        for point in answer["break_evens"]:
            self.assertNotEqual(point["faster_below"], point["faster_above"])
        text = run(*question)[1]
        self.assertIn("fastest", text)
        self.assertIn("refused", text)
        self.assertIn("no-such", text)
        rows = run(*question, "--format=csv")[1].splitlines()
        self.assertEqual(1 + 6 + len(answer["break_evens"]), len(rows))
        status, _, err = run("compare", "minionn_cifar", "--protocol=no-such", "--deployment=lan")
        self.assertEqual(1, status)
        self.assertIn("none of the protocols", err)
        self.assertEqual(2, run("compare", "minionn_cifar", "--protocol=cheetah")[0])

    def test_bound_dimensions_are_used_and_unused_ones_warned_about(self):
        status, out, err = run("inspect", model("resnet18_224_dyn"), "--dim", "N=1", "--dim", "H=224",
                               "--dim=W=224", "--dim", "zz=3", "--format=json")
        self.assertEqual(0, status, err)
        self.assertEqual("2308096", json.loads(out)["totals"]["relu_elements"])
        self.assertIn("warning:", err)
        self.assertIn("zz", err)
        self.assertNotIn("N=1", err)

    def test_bad_arguments_end_with_2(self):
        cifar = model("minionn_cifar")
        for arguments in (
                [], ["nonsense"], ["inspect"], ["inspect", cifar, cifar], ["inspect", "no_such_file.onnx"],
                ["inspect", cifar, "--format=xml"], ["inspect", cifar, "--protocol=delphi"],
                ["inspect", cifar, "--dim", "N"], ["estimate", cifar], ["plan", cifar],
                ["estimate", cifar, "--protocol=delphi"],
                ["estimate", cifar, "--protocol=nonsense", "--deployment=lan"],
                ["estimate", cifar, "--protocol=delphi", "--deployment=nonsense"],
                ["estimate", cifar, "--protocol=delphi", "--deployment=lan", "--network=rtt=1"],
                ["estimate", cifar, "--protocol=delphi", "--deployment=lan", "--param=nonsense=1"],
                ["models", "show", "models/nonsense"], ["models", "nonsense"],
        ):
            with self.subTest(arguments=arguments):
                status, out, err = run(*arguments)
                self.assertEqual(2, status, err)
                self.assertEqual("", out)
                self.assertTrue(err)

    def test_what_only_a_daemon_keeps_is_refused_without_one(self):
        table = os.path.join(DATA, "calibration", "cheetah")
        for arguments in (["models"], ["models", "register", model("minionn_cifar")],
                          ["models", "upload", model("minionn_cifar")], ["models", "rm", "x"],
                          ["calibrations", "import", table, "--name=mine"],
                          ["aliases", "set", "cheetah-latest", "cheetah"],
                          ["measurements", "report", model("minionn_cifar")],
                          ["measurements", "evaluate"], ["study", "ls"], ["study", "front", "x"]):
            with self.subTest(arguments=arguments):
                status, out, err = run(*arguments)
                self.assertEqual((2, ""), (status, out))
                self.assertIn("--server=HOST:PORT", err)
                self.assertIn("nothing would be kept", err)

    def test_all_protocols_are_asked_and_those_that_refuse_say_so(self):
        ids = [p["name"].split("/")[1] for p in json.loads(run("protocols", "--format=json")[1])["protocols"]]
        status, out, err = run("estimate", "resnet18_224", "--protocol=all", "--deployment=lan", "--format=json")
        self.assertEqual(0, status, err)
        answers = json.loads(out)
        answered = [a["provenance"]["protocol"].split("/")[1] for a in answers]
        refused = [line.split(",")[0][len("warning: "):] for line in err.splitlines()
                   if line.startswith("warning: ") and ", deployment lan: " in line]
        self.assertIn("cheetah", answered)
        self.assertIn("delphi", refused)
        self.assertEqual(ids, sorted(answered + refused, key=ids.index))
        status, out, err = run("compare", "minionn_cifar", "--protocol=all", "--deployment=lan", "--format=json")
        self.assertEqual(0, status, err)
        self.assertEqual(len(ids), len(json.loads(out)["cells"]))
        for flags in (["--protocol=cheetah,all"], ["--protocol=all", "--param=ring_bits=37"]):
            for command in (["estimate"], ["compare"], ["plan"]):
                status, out, err = run(*command, "minionn_cifar", *flags,
                                       *([] if command == ["plan"] else ["--deployment=lan"]))
                self.assertEqual((2, ""), (status, out))
                self.assertIn("--protocol=all", err)
        server = self.daemon.address
        self.assertEqual(0, run("measurements", "evaluate", "--protocol=all", server=server)[0])
        status, _, err = run("measurements", "evaluate", "--protocol=cheetah,delphi", server=server)
        self.assertEqual(2, status)
        self.assertIn("one --protocol", err)

    def test_groups_of_commands_have_help_and_the_program_a_version(self):
        for group in ("models", "study", "calibrations", "aliases", "measurements"):
            for arguments in ([group, "--help"], [group, "-h"], ["help", group]):
                status, out, err = run(*arguments)
                self.assertEqual((0, ""), (status, err))
                self.assertIn("usage: picost %s COMMAND" % group, out)
            if group != "models":  # which lists them
                status, out, err = run(group)
                self.assertEqual((2, ""), (status, out))
                self.assertIn("usage: picost %s COMMAND" % group, err)
            status, out, err = run(group, "nonsense")
            self.assertEqual((2, ""), (status, out))
            self.assertIn("there is no command '%s nonsense'. `picost %s --help`" % (group, group), err)
        self.assertEqual(run("estimate", "--help"), run("help", "estimate"))
        self.assertRegex(run("--version")[1], r"\Apicost \d+\.\d+\.\d+\n\Z")

    def test_an_unreachable_server_ends_with_4(self):
        status, _, err = run("inspect", model("minionn_cifar"), server="127.0.0.1:1")
        self.assertEqual(4, status)
        self.assertIn("127.0.0.1:1", err)

    def test_help_of_every_command_has_an_example_and_ends_with_0(self):
        status, out, _ = run("--help")
        self.assertEqual(0, status)
        table = out[out.index("  command"):].split("\n\n")[0].splitlines()[1:]
        commands = [line[2:].split("  ")[0] for line in table]
        self.assertIn("inspect", commands)
        self.assertIn("models register", commands)
        for command in commands:
            with self.subTest(command=command):
                status, out, _ = run(*command.split(), "--help")
                self.assertEqual(0, status)
                self.assertIn("picost " + command, out.split("examples")[1])

    def test_models_are_registered_listed_shown_used_and_removed(self):
        server = self.daemon.address
        status, out, err = run("models", "register", model("resnet32_cifar"), "--name=my net",
                               "--format=json", server=server)
        self.assertEqual(0, status, err)
        name = json.loads(out)["models"][0]["name"]
        self.assertRegex(name, "^models/[0-9a-f]{64}$")
        listed = json.loads(run("models", "ls", "--format=json", server=server)[1])["models"]
        self.assertIn(("my net", name), [(m["display_name"], m["name"]) for m in listed])
        self.assertIn("my net", run("models", server=server)[1])
        shown = json.loads(run("models", "show", "my net", "--format=json", server=server)[1])
        self.assertEqual(name, shown["name"])
        by_name = run("estimate", name, "--protocol=delphi", "--deployment=lan", "--format=json", server=server)
        by_file = run("estimate", model("resnet32_cifar"), "--protocol=delphi", "--deployment=lan",
                      "--format=json", server=server)
        self.assertEqual(0, by_name[0], by_name[2])
        self.assertEqual(by_file[1], by_name[1])
        self.assertEqual(0, run("models", "rm", "my net", server=server)[0])
        self.assertEqual(2, run("models", "show", "my net", server=server)[0])

    def test_several_files_are_registered_though_one_is_refused(self):
        bad = self.write("bad.onnx", b"nothing")
        status, out, err = run("models", "register", model("minionn_cifar"), bad, model("vgg16_cifar"),
                               "--dim=N=1", "--format=json", server=self.daemon.address)
        self.assertEqual(3, status)
        self.assertIn("bad.onnx", err)
        self.assertEqual(["minionn_cifar", "vgg16_cifar"],
                         [m["display_name"] for m in json.loads(out)["models"]])

    def test_csv_has_one_row_per_layer_and_units_in_its_header(self):
        status, out, err = run("estimate", "minionn_cifar", "--protocol=cheetah", "--deployment=lan",
                               "--format=csv")
        self.assertEqual(0, status, err)
        rows = out.replace("\r\n", "\n").splitlines()
        self.assertIn("online_latency_seconds", rows[0])
        self.assertIn("offline_client_to_server_bytes", rows[0])
        answer = json.loads(run("estimate", "minionn_cifar", "--protocol=cheetah", "--deployment=lan",
                                "--format=json")[1])
        self.assertEqual(len(answer["layers"]), len(rows) - 1)

    def test_strip_keeps_what_is_counted(self):
        stripped = os.path.join(self.folder, "stripped.onnx")
        self.assertEqual(0, run("strip", model("vgg16_cifar"), stripped)[0])
        before = json.loads(run("inspect", model("vgg16_cifar"), "--format=json")[1])
        after = json.loads(run("inspect", stripped, "--format=json")[1])
        self.assertEqual(before, after)
        self.assertEqual(3, run("strip", self.write("no.onnx", b"no model"), stripped)[0])

    def test_names_in_a_file_cannot_drive_the_terminal(self):
        whole = content("minionn_cifar")
        renamed = whole.replace(b"main_graph", b"\x1b[31m_grap").replace(b"/Relu", b"\x1b[2Ju")
        status, out, err = run("inspect", self.write("escape.onnx", renamed))
        self.assertEqual(0, status, err)
        self.assertNotIn("\x1b", out + err)


class DaemonTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_models_in_sqlite_survive_a_restart_and_a_kill(self):
        store = "sqlite:" + os.path.join(self.folder, "store.db")
        daemon = Daemon(self.folder, store=store)
        status, out, err = run("models", "register", model("minionn_cifar"), "--format=json", server=daemon.address)
        self.assertEqual(0, status, err)
        answer = run("estimate", "minionn_cifar", "--protocol=cheetah", "--deployment=lan", server=daemon.address)
        self.assertEqual(-signal.SIGKILL, daemon.stop(signal.SIGKILL))
        daemon = Daemon(self.folder, store=store)
        listed = run("models", "ls", "--format=json", server=daemon.address)[1]
        self.assertEqual(json.loads(out)["models"], json.loads(listed)["models"])
        again = run("estimate", "minionn_cifar", "--protocol=cheetah", "--deployment=lan", server=daemon.address)
        self.assertEqual(answer, again)
        self.assertEqual(0, daemon.stop())

    def test_sighup_reloads_and_the_daemon_goes_on(self):
        daemon = Daemon(self.folder)
        daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while "reloaded" not in daemon.read_log():
            self.assertLess(time.monotonic(), deadline, daemon.read_log())
            time.sleep(0.05)
        self.assertEqual(0, run("deployments", server=daemon.address)[0])
        self.assertEqual(0, daemon.stop(signal.SIGINT))

    def test_operators_see_health_readiness_and_metrics(self):
        admin_file = os.path.join(self.folder, "admin_port")
        daemon = Daemon(self.folder, "--admin_listen=127.0.0.1:0", "--admin_port_file=" + admin_file)
        with open(admin_file) as f:
            base = "http://127.0.0.1:%d" % int(f.read())

        def get(path):
            try:
                with urllib.request.urlopen(base + path, timeout=30) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        self.assertEqual((200, "alive\n"), get("/healthz"))
        self.assertEqual((200, "ready\n"), get("/readyz"))
        self.assertEqual(404, get("/nothing")[0])
        with open(os.path.join(self.folder, "bad.onnx"), "wb") as f:
            f.write(b"nothing")
        self.assertEqual(3, run("inspect", f.name, server=daemon.address)[0])
        self.assertEqual(0, run("inspect", model("minionn_cifar"), server=daemon.address)[0])
        status, text = get("/metrics")
        self.assertEqual(200, status)
        for line in ('picost_rpc_calls_total{code="OK",method="picost.v1.CostOracle/Inspect"} 1',
                     'picost_rpc_calls_total{code="INVALID_ARGUMENT",method="picost.v1.CostOracle/Inspect"} 1',
                     'picost_models_refused_total{code="INVALID_ARGUMENT"} 1',
                     'picost_rpc_in_flight 0'):
            self.assertIn(line, text)
        self.assertIn('picost_calibration_time_seconds{table="cheetah"}', text)
        self.assertEqual(0, daemon.stop())

    def test_bad_flags_end_the_daemon_with_2(self):
        for flag, words in (("--listen=0.0.0.0:0", "--listen: '0.0.0.0:0' is reachable"),
                            ("--listen=foo", "--listen: 'foo' is neither HOST:PORT nor unix:PATH"),
                            ("--admin-listen=foo", "--admin-listen: 'foo' is not HOST:PORT"),
                            ("--store=nonsense", "--store: "), ("stray", "unexpected argument 'stray'"),
                            ("--no-such", "there is no flag --no_such"),
                            ("--worker-threads=many", "--worker_threads cannot be 'many'"),
                            ("--waiting-calls=0", "--waiting-calls: is 0; use 1 to")):
            with self.subTest(flag=flag):
                done = subprocess.run([PICOSTD, flag], capture_output=True, timeout=60)
                self.assertEqual(2, done.returncode)
                self.assertEqual(b"", done.stdout)
                self.assertEqual(1, done.stderr.count(b"\n"), done.stderr)
                self.assertIn("picostd: " + words, done.stderr.decode())

    def test_version_and_help_end_the_daemon_with_0(self):
        version = subprocess.run([PICOSTD, "--version"], capture_output=True, timeout=60)
        self.assertRegex(version.stdout.decode(), r"\Apicostd \d+\.\d+\.\d+\n\Z")
        self.assertEqual((0, b""), (version.returncode, version.stderr))
        shown = subprocess.run([PICOSTD, "--help"], capture_output=True, timeout=60)
        self.assertEqual((0, b""), (shown.returncode, shown.stderr))
        for flag in ("--config=VALUE", "--check-config ", "--new-token ", "--store=VALUE", "--version"):
            self.assertIn("  " + flag, shown.stdout.decode())

    def test_a_data_directory_that_is_none_ends_the_daemon_with_1(self):
        daemon = Daemon(self.folder, "--data_dir=" + self.folder + "/nothing", expect_start=False)
        self.assertEqual(1, daemon.process.wait(timeout=60))
        daemon.stop()
        self.assertIn("nothing", daemon.read_log())


if __name__ == "__main__":
    unittest.main()
