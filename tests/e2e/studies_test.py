"""Studies through the Python client against real daemons."""
import asyncio
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.abspath("clients/python"))
os.environ.setdefault("PICOST_DAEMON", os.path.abspath("service/picostd"))
os.environ.setdefault("PICOST_DATA_DIR", os.path.abspath("data"))

import grpc  # noqa: E402

import picost  # noqa: E402
from picost._wire import studies_pb2  # noqa: E402
from picost.edits import keep, remove  # noqa: E402

MODEL = "data/models/minionn_cifar.onnx"
WHERE = dict(protocol="cheetah", deployment="lan")


class StudiesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.client = picost.local()
        cls.addClassCleanup(cls.client.close)
        cls.layers = [l.node for l in cls.client.estimate(MODEL, **WHERE).layers if l.kind == "relu"]

    def study(self, **more):
        name = self.id().rsplit(".", 1)[1].replace("_", "-")[:60]
        return self.client.create_study(name, **more).name

    def test_a_trial_is_logged_in_one_line(self):
        study = self.study(online_seconds=100.0)
        trial = self.client.log_trial(study, MODEL, {self.layers[0]: 0}, accuracy=0.9, tags=["a"], **WHERE)
        totals, = self.client.evaluate_edits(MODEL, [{self.layers[0]: 0}], **WHERE)
        self.assertEqual(trial.totals.online.latency_seconds.p50, totals.online.seconds)
        self.assertTrue(trial.feasible)
        child = self.client.log_trial(study, MODEL, parent=1, accuracy=0.95, **WHERE)
        self.assertEqual(child.parent_trial, trial.name)
        self.assertEqual([t.name for t in self.client.trials(study)], [trial.name, child.name])
        self.assertEqual([t.name for t in self.client.trials(study, tag="a")], [trial.name])

    def test_front_and_volume_come_from_the_daemon(self):
        study = self.study(online_seconds=100.0)
        for i, node in enumerate(self.layers):
            self.client.log_trial(study, MODEL, {node: 0}, accuracy=0.9 - 0.01 * i, **WHERE)
        front = self.client.pareto_front(study)
        self.assertGreater(front.hypervolume, 0)
        accuracies = [p.objective_values[0] for p in front.points]
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))

    def test_the_same_request_adds_once(self):
        study = self.study()
        for _ in range(2):
            trial = self.client.log_trial(study, MODEL, accuracy=0.9, request_id="r", **WHERE)
        self.assertEqual(trial.name, study + "/trials/1")

    def test_a_file_is_replayed_once(self):
        study = self.study()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trials.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                for i in range(7):
                    file.write(json.dumps({"kept": {self.layers[0]: i}, "metrics": {"accuracy": i / 10}}) + "\n")
            for _ in range(2):
                self.assertEqual(7, self.client.replay_jsonl(study, path, model=MODEL, batch=3, **WHERE))
            trials = self.client.trials(study)
            self.assertEqual([t.metrics[0].value for t in trials], [i / 10 for i in range(7)])
            with open(path, "a", encoding="utf-8") as file:
                file.write("{]\n")
            with self.assertRaisesRegex(ValueError, "trials.jsonl:8"):
                self.client.replay_jsonl(study, path, model=MODEL, **WHERE)

    def test_asyncio_logs_the_same(self):
        study = self.study()

        async def log():
            async with picost.AsyncClient(self.client.address) as client:
                return await client.log_trial(study, MODEL, accuracy=0.9, **WHERE)

        self.assertEqual(asyncio.run(log()).name, study + "/trials/1")

    def test_watching_sends_old_and_new_trials_and_ends_with_the_study(self):
        study = self.study()
        self.client.log_trial(study, MODEL, accuracy=0.1, **WHERE)
        stub = self.client._stubs["studies"]
        seen = []
        ended = []

        def watch():
            try:
                for answer in stub.WatchTrials(studies_pb2.WatchTrialsRequest(parent=study), timeout=60):
                    seen.extend(t.name for t in answer.trials)
                    if len(seen) == 1:
                        first.set()
            except grpc.RpcError as error:
                ended.append(error.code())

        first = threading.Event()
        thread = threading.Thread(target=watch)
        thread.start()
        self.assertTrue(first.wait(30))
        self.client.log_trial(study, MODEL, accuracy=0.2, **WHERE)
        for _ in range(600):
            if len(seen) == 2:
                break
            threading.Event().wait(0.05)
        stub.DeleteStudy(studies_pb2.DeleteStudyRequest(name=study))
        thread.join(60)
        self.assertEqual(seen, [study + "/trials/1", study + "/trials/2"])
        self.assertEqual(ended, [grpc.StatusCode.NOT_FOUND])

    def test_a_watch_that_is_cancelled_leaves_nothing_behind(self):
        study = self.study()
        stub = self.client._stubs["studies"]
        for _ in range(300):  # more than may watch at once
            call = stub.WatchTrials(studies_pb2.WatchTrialsRequest(parent=study))
            call.cancel()
        call = stub.WatchTrials(studies_pb2.WatchTrialsRequest(parent=study))
        self.client.log_trial(study, MODEL, accuracy=0.2, **WHERE)
        self.assertEqual(next(iter(call)).trials[0].name, study + "/trials/1")
        call.cancel()

    def test_unknown_studies_say_so(self):
        with self.assertRaises(picost.PicostError) as caught:
            self.client.log_trial("nowhere", MODEL, accuracy=0.9, **WHERE)
        self.assertEqual(caught.exception.code, grpc.StatusCode.NOT_FOUND)


class StudyCommandsTest(unittest.TestCase):
    """picost study ls, show, front, watch."""

    @classmethod
    def setUpClass(cls):
        cls.client = picost.local()
        cls.addClassCleanup(cls.client.close)
        cls.client.create_study("mine", online_seconds=1000.0, display_name="A name")
        cls.nodes = nodes = [l.node for l in cls.client.estimate(MODEL, **WHERE).layers if l.kind == "relu"]
        for i, node in enumerate(nodes):
            cls.client.log_trial("mine", MODEL, {n: 0 for n in nodes[:i]}, accuracy=0.9 - 0.05 * i,
                                 tags=["x" * (i + 1)], **WHERE)
        cls.count = len(nodes)

    def command(self, *arguments):
        return [os.path.abspath("clients/cli/picost"), "study", *arguments, "--server=" + self.client.address]

    def run_command(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def test_ls_lists_the_studies(self):
        status, out, err = self.run_command("ls")
        self.assertEqual((0, ""), (status, err))
        self.assertRegex(out, r"mine +%d +most accuracy, least online_seconds +online_seconds <= " % self.count)
        rows = list(csv.DictReader(io.StringIO(self.run_command("ls", "--format=csv")[1])))
        self.assertIn(("studies/mine", str(self.count)), [(r["name"], r["trials"]) for r in rows])

    def test_show_draws_a_plot(self):
        status, out, _ = self.run_command("show", "mine")
        self.assertEqual(0, status)
        front = self.client.pareto_front("mine")
        self.assertIn("%d on the front" % len(front.points), out)
        self.assertIn("hypervolume", out)
        self.assertIn("o on the front", out)
        self.assertLessEqual(max(len(line) for line in out.splitlines()), 100)
        rows = list(csv.DictReader(io.StringIO(self.run_command("show", "studies/mine", "--format=csv")[1])))
        self.assertEqual([t.totals.relu_elements for t in self.client.trials("mine")],
                         [int(r["relu_elements"]) for r in rows])

    def test_front_prints_every_digit_as_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.run_command("front", "mine", "--format=csv")[1])))
        front = self.client.pareto_front("mine")
        self.assertEqual([(p.trial, *p.objective_values) for p in front.points],
                         [(r["trial"], float(r["accuracy"]), float(r["online_seconds"])) for r in rows])
        self.assertEqual(front.hypervolume,
                         json.loads(self.run_command("front", "mine", "--format=json")[1])["hypervolume"])

    def test_watch_prints_trials_as_they_come(self):
        watch = subprocess.Popen(self.command("watch", "mine", "--format=csv"), stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("relu_elements", watch.stdout.readline())
            lines = [watch.stdout.readline() for _ in range(self.count)]
            self.client.log_trial("mine", MODEL, accuracy=0.123, tags=["late"], **WHERE)
            lines.append(watch.stdout.readline())
            self.assertIn("0.123", lines[-1])
            self.assertIn("late", lines[-1])
            type(self).count += 1
        finally:
            watch.terminate()
            watch.wait(30)
            watch.stdout.close()

    def test_a_study_is_made_filled_and_deleted(self):
        with tempfile.TemporaryDirectory() as folder:
            text = os.path.join(folder, "study.textproto")
            with open(text, "w", encoding="utf-8") as file:
                file.write("objectives { metric: 'accuracy' goal: OBJECTIVE_GOAL_MAXIMIZE reference: 0.1 }\n"
                           "budgets { relu_elements: 1000000 }")
            status, out, err = self.run_command(
                "create", "made", "--from=" + text, "--objective=online_bytes:min:1e12", "--budget=online_seconds=900.5",
                "--name=Made here", "--deployment=lan", "--format=json")
            self.assertEqual((0, ""), (status, err))
            made = json.loads(out)
            self.assertEqual(("studies/made", "Made here", ["deployments/lan"]),
                             (made["name"], made["display_name"], made["deployments"]))
            self.assertEqual([("accuracy", "OBJECTIVE_GOAL_MAXIMIZE", 0.1), ("online_bytes", "OBJECTIVE_GOAL_MINIMIZE", 1e12)],
                             [(o["metric"], o["goal"], o["reference"]) for o in made["objectives"]])
            self.assertEqual([{"relu_elements": "1000000"}, {"online_seconds": 900.5}], made["budgets"])
            edit = os.path.join(folder, "edit.json")
            with open(edit, "w", encoding="utf-8") as file:
                json.dump({"operations": [{"removeActivation": {"node": self.nodes[1]}}]}, file)
            log = ("log", "made", MODEL, "--protocol=cheetah", "--deployment=lan", "--metric=accuracy=0.91", "--metric=loss=2",
                   "--tag=first", "--kept=%s=5" % self.nodes[0], "--edit=" + edit, "--request-id=a", "--format=json")
            for _ in range(2):
                status, out, err = self.run_command(*log)
                self.assertEqual(0, status, err)
            trial = json.loads(out)
            expected, = self.client.evaluate_edits(MODEL, [[keep(self.nodes[0], 5), remove(self.nodes[1])]], **WHERE)
            self.assertEqual("studies/made/trials/1", trial["name"])
            self.assertEqual(expected.online.seconds, trial["totals"]["online"]["latency_seconds"]["p50"])
            self.assertEqual([("accuracy", 0.91), ("loss", 2)], [(m["metric"], m["value"]) for m in trial["metrics"]])
            status, out, err = self.run_command("log", "made", trial["model"], "--protocol=cheetah", "--deployment=lan",
                                                "--parent=1", "--metric=accuracy=0.8")
            self.assertEqual(0, status, err)
            self.assertRegex(out.splitlines()[1], r"^ +2 .* 0\.8$")
        self.assertEqual(2, len(self.client.trials("made")))
        status, _, err = self.run_command("delete", "made")
        self.assertEqual(0, status, err)
        self.assertIn("deleted studies/made", err)
        self.assertNotEqual(0, self.run_command("show", "made")[0])

    def test_what_is_exported_is_imported_by_either_client(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trials.jsonl")
            status, out, err = self.run_command("export", "mine")
            self.assertEqual((0, ""), (status, err))
            with open(path, "w", encoding="utf-8") as file:
                file.write(out)
            trials = self.client.trials("mine")
            self.assertEqual([t.totals.relu_elements for t in trials],
                             [int(json.loads(line)["totals"].get("relu_elements", 0)) for line in out.splitlines()])
            self.client.create_study("copy", online_seconds=1000.0)
            status, _, err = self.run_command("import", "copy", path)
            self.assertEqual(0, status, err)
            self.assertIn("%d trials" % len(trials), err)
            self.client.replay_jsonl("copy", path)  # nothing new
            copies = self.client.trials("copy")
            for original, copy in zip(trials, copies):
                for field in ("model", "operations", "metrics", "tags", "totals", "link_terms", "feasible"):
                    self.assertEqual(getattr(original, field), getattr(copy, field))
            self.assertEqual(len(trials), len(copies))

    def test_an_import_names_the_line_that_is_wrong(self):
        self.client.create_study("lines")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trials.jsonl")
            for line, message in (("{]", "trials.jsonl:3: no JSON object"),
                                  (json.dumps({"kept": {"nowhere": 1}}), "trials.jsonl:3: "),
                                  (json.dumps({"model": "nothing.onnx"}), "trials.jsonl:3: 'nothing.onnx' is neither")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(json.dumps({"kept": {self.nodes[0]: 1}}) + "\n\n" + line + "\n")
                status, _, err = self.run_command("import", "lines", path, "--model=" + MODEL, "--protocol=cheetah",
                                                  "--deployment=lan")
                self.assertNotEqual(0, status)
                self.assertIn(message, err)
        self.assertEqual([], self.client.trials("lines"))

    def test_studies_are_kept_by_a_daemon_alone(self):
        for arguments in (("create", "x"), ("log", "x", MODEL), ("import", "x", "f"), ("delete", "x")):
            done = subprocess.run([os.path.abspath("clients/cli/picost"), "study", *arguments], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(2, done.returncode)
            self.assertIn("--server", done.stderr)

    def test_wrong_flags_say_what_is_right(self):
        for flag, message in (("--objective=accuracy", "METRIC:max"), ("--objective=accuracy:most", "METRIC:max"),
                              ("--budget=accuracy=1", "online_seconds"), ("--budget=relu_elements=1.5", "whole number"),
                              ("--from=/nonexistent", "/nonexistent")):
            status, _, err = self.run_command("create", "wrong", flag)
            self.assertEqual(2, status, err)
            self.assertIn(message, err)

    def test_unknown_studies_are_an_error(self):
        for name in ("nowhere", "No Such"):
            status, out, err = self.run_command("show", name)
            self.assertNotEqual(0, status)
            self.assertEqual("", out)
            self.assertIn("studies/" if name == "nowhere" else "Use 1 to 63", err)


if __name__ == "__main__":
    unittest.main()
