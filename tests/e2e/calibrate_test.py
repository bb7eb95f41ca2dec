"""From `picost calibrate run` to an estimate of a daemon: the whole chain, with real cryptography."""
import csv
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from tests.e2e import harness

PICOST = os.path.abspath("clients/cli/picost")
CALIBRATE = os.path.abspath("calibrate/picost_calibrate")


def picost(*arguments, cwd=None, path="/usr/bin:/bin", expect=0):
    environment = {"PATH": path, "PICOST_DATA_DIR": harness.DATA}
    done = subprocess.run([PICOST, *arguments], capture_output=True, text=True, timeout=600, cwd=cwd,
                          env=environment)
    if done.returncode != expect:
        raise AssertionError("%s: %d\n%s%s" % (arguments, done.returncode, done.stdout, done.stderr))
    return done


class CalibrateTest(harness.DaemonTestCase):

    def calibrate(self, *flags):
        # Two repetitions: what is looked at here is that the chain holds, not how well.
        return picost("calibrate", "run", "--quick", "--repetitions=2", *flags, cwd=self.folder).stdout

    def estimate(self, daemon, deployment, protocol):
        output = picost("estimate", "minionn_cifar", "--protocol=" + protocol, "--deployment=" + deployment,
                        "--format=json", "--server=" + daemon.address).stdout
        return json.loads(output)

    def test_a_quick_run_is_what_a_running_daemon_then_answers_from(self):
        calibration = os.path.join(self.folder, "calibration")
        daemon = self.start("--calibration_dir=" + calibration)  # is not there yet
        said = self.calibrate("--name=mine")
        self.assertIn("What changed against pi-ref-epyc-zen4", said)
        self.assertIn("homomorphic scaled from another machine by a probe", said)
        # Read without anybody's doing; SIGHUP would do, too.
        harness.wait_for(lambda: "deployments/mine" in picost(
            "deployments", "--format=json", "--server=" + daemon.address).stdout, "the new deployment")
        for protocol in ("delphi", "minionn"):
            answer = self.estimate(daemon, "mine", protocol)
            self.assertEqual(_find(answer, "missing"), [])
            families = {}
            for use in _find(answer, "provenance")["tables"]:
                families.setdefault(use["family"], []).append(use)
            for family in ("PRIMITIVE_FAMILY_GARBLING", "PRIMITIVE_FAMILY_OBLIVIOUS_TRANSFER"):
                for use in families[family]:
                    self.assertTrue(use["title"].startswith("pi-ref on "), use)
                    self.assertIn("quick sweep", use["title"])
                    self.assertEqual(use["scaled_from"], "", use)
            for use in families["PRIMITIVE_FAMILY_HOMOMORPHIC"]:
                self.assertRegex(use["scaled_from"], "^tables/[0-9a-f]{64}$")
                self.assertIn("scaled by", use["title"])
            self.assertTrue(_find(answer, "extrapolated"))

        # The table is there to stay; another run wants another name.
        again = subprocess.run([PICOST, "calibrate", "run", "--quick", "--name=mine"], capture_output=True, text=True,
                               cwd=self.folder, env={"PATH": "/usr/bin:/bin", "PICOST_DATA_DIR": harness.DATA})
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("immutable", again.stderr)

        # The command alone answers the same.
        alone = picost("estimate", "minionn_cifar", "--protocol=delphi", "--deployment=mine", "--format=json",
                       "--calibration_dir=" + calibration).stdout
        self.assertEqual(_find(json.loads(alone), "provenance")["tables"],
                         _find(self.estimate(daemon, "mine", "delphi"), "provenance")["tables"])

    def test_a_run_that_was_interrupted_goes_on(self):
        command = [PICOST, "calibrate", "run", "--quick", "--repetitions=1", "--name=cut", "--noprobe_network"]
        environment = {"PATH": "/usr/bin:/bin", "PICOST_DATA_DIR": harness.DATA}
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        journal = os.path.join(self.folder, "calibration", "cut-pi-ref.journal")
        harness.wait_for(lambda: process.poll() is not None or (
            os.path.exists(journal) and _text(journal).count("# done") >= 3), "three points", seconds=300)
        process.send_signal(signal.SIGTERM)
        # The signal reaches the tool itself: the command has become it.
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        done = _text(journal).count("# done")
        self.assertFalse(os.path.exists(os.path.join(self.folder, "calibration", "cut-pi-ref")))
        said = picost(*command[1:], cwd=self.folder).stdout
        resumed = int(re.search(r"(\d+) of \d+ measurements were taken from an earlier", said).group(1))
        self.assertGreaterEqual(resumed, done)
        self.assertFalse(os.path.exists(journal))

    def server(self, hosts, environment, prefix=()):
        there = subprocess.Popen([*prefix, PICOST, "calibrate", "run", *hosts, "--party=server"], env=environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(there.communicate)
        self.addCleanup(there.kill)  # before the line above
        self.assertIn("waiting for the client", there.stdout.readline())

    def two_hosts(self, client, server, on_client=(), on_server=()):
        """The tool on each of two hosts; what the client's said."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PICOST_DATA_DIR": harness.DATA}
        hosts = ["--client=" + client, "--server=" + server, "--port=%d" % _two_free_ports()]
        self.server(hosts, environment, on_server)
        done = subprocess.run([*on_client, PICOST, "calibrate", "run", *hosts, "--quick", "--repetitions=1",
                               "--name=pair"], cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        calibration = os.path.join(self.folder, "calibration")
        with open(os.path.join(calibration, "pair-pi-ref", "samples.csv"), newline="") as f:
            samples = list(csv.DictReader(f))
        # Over the link, checked against the catalogue and in no fit; and the work alone.
        over_link = [row for row in samples if row["network"] == "measured"]
        self.assertTrue(over_link)
        self.assertTrue(all(row["flights"] for row in over_link if not row["primitive"].startswith("plaintext")))
        self.assertTrue([row for row in samples if row["network"] == "none"])
        self.assertIn("two machines", _text(os.path.join(calibration, "pair-pi-ref", "table.textproto")))
        # The measured link is a network, the deployment names it.
        answer = json.loads(picost("estimate", "minionn_cifar", "--protocol=delphi", "--deployment=pair",
                                   "--format=json", "--calibration_dir=" + calibration).stdout)
        self.assertEqual(_find(answer, "missing"), [])
        networks = picost("networks", "--format=json", "--calibration_dir=" + calibration).stdout
        self.assertIn("networks/pair", networks)
        return done.stdout

    def test_two_hosts_on_two_loopback_addresses(self):
        self.two_hosts("127.0.0.1", "127.0.0.2")

    def test_the_servers_tool_serves_its_client_alone(self):
        environment = {"PATH": "/usr/bin:/bin", "PICOST_DATA_DIR": harness.DATA}
        hosts = ["--server=127.0.0.2", "--port=%d" % _two_free_ports()]
        self.server([*hosts, "--client=127.0.0.3"], environment)
        done = subprocess.run([PICOST, "calibrate", "run", *hosts, "--client=127.0.0.1", "--quick", "--name=x"],
                              cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("serves 127.0.0.3, not 127.0.0.1", done.stderr)

    def test_two_hosts_in_two_network_namespaces(self):
        spaces = _Namespaces()
        self.addCleanup(spaces.close)
        try:
            spaces.open()
        except OSError as error:
            self.skipTest("no network namespaces of one's own here: %s" % error)
        said = self.two_hosts("10.203.0.1", "10.203.0.2", on_client=spaces.enter(0), on_server=spaces.enter(1))
        self.assertIn("round trip", said)

    def test_the_command_hands_over_words_and_status(self):
        self.assertIn("pi-ref", picost("calibrate", "drivers").stdout)
        self.assertIn("calibrate", picost("help").stdout)
        self.assertIn("--quick", picost("calibrate", "--help").stdout)
        self.assertIn("there is no flag --no_such", picost("calibrate", "run", "--no-such", expect=2).stderr)
        self.assertRegex(picost("calibrate", "--version").stdout, r"\Apicost_calibrate \d+\.\d+\.\d+\n\Z")
        wrong = picost("calibrate", "no-such-thing", expect=2)
        self.assertIn("not a command: no-such-thing", wrong.stderr)
        self.assertIn("which command?", picost("calibrate", expect=2).stderr)

    def test_without_the_tool_one_sentence_says_how_to_get_it(self):
        lonely = os.path.join(self.folder, "picost")
        with open(PICOST, "rb") as program, open(lonely, "wb") as copy:
            copy.write(program.read())
        os.chmod(lonely, 0o755)
        libraries = os.path.dirname(os.path.realpath(PICOST))
        done = subprocess.run([lonely, "calibrate", "drivers"], capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": _solib(libraries)})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn("picost_calibrate", done.stderr)
        # On PATH it is found.
        done = subprocess.run([lonely, "calibrate", "drivers"], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.path.dirname(CALIBRATE), "LD_LIBRARY_PATH": _solib(libraries)})
        self.assertEqual(done.returncode, 0, done.stderr)


def _text(path):
    with open(path) as f:
        return f.read()


def _two_free_ports():
    """A port that is free, with the one behind it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class _Namespaces:
    """Two network namespaces with a cable between them, in a user namespace: needs no root."""

    def __init__(self):
        self.holders = []

    def enter(self, which):
        return ["nsenter", "--preserve-credentials", "-t", str(self.holders[which].pid), "-U", "-n"]

    def open(self):
        self._hold(["unshare", "-rn"])
        self._hold([*self.enter(0), "unshare", "-n"])
        self._run(0, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", str(self.holders[1].pid))
        for which, device in enumerate(("va", "vb")):
            self._run(which, "addr", "add", "10.203.0.%d/24" % (which + 1), "dev", device)
            self._run(which, "link", "set", device, "up")
            self._run(which, "link", "set", "lo", "up")

    def _hold(self, prefix):
        # It says so when it is inside, and stays until its input ends.
        holder = subprocess.Popen([*prefix, "sh", "-c", "echo in && exec cat"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.holders.append(holder)
        if holder.stdout.readline() != b"in\n":
            raise OSError(holder.stderr.read().decode().strip())

    def _run(self, which, *words):
        done = subprocess.run([*self.enter(which), "ip", *words], capture_output=True, text=True,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        if done.returncode != 0:
            raise OSError(done.stderr.strip())

    def close(self):
        for holder in self.holders:
            holder.kill()
            holder.communicate()


def _solib(folder):
    """The folder of the build's shared libraries, where it links with them."""
    while folder != "/":
        for name in os.listdir(folder):
            if name.startswith("_solib_"):
                return os.path.join(folder, name)
        folder = os.path.dirname(folder)
    return ""


def _find(message, name):
    """The first member of the name, at any depth; None where it is not there."""
    if isinstance(message, dict):
        if name in message:
            return message[name]
        message = list(message.values())
    if isinstance(message, list):
        for value in message:
            found = _find(value, name)
            if found is not None:
                return found
    return None


if __name__ == "__main__":
    unittest.main()
