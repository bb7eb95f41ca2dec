"""The package against a real daemon, and the README's examples as they stand."""
import asyncio
import importlib.util
import json
import os
import pickle
import random
import re
import sys
import tempfile
import unittest

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
os.environ.setdefault("PICOST_DAEMON", os.path.abspath("service/picostd"))
os.environ.setdefault("PICOST_DATA_DIR", os.path.abspath("data"))

import picost  # noqa: E402
from picost import edits, sweep  # noqa: E402

MODEL = "data/models/minionn_cifar.onnx"
DELPHI = dict(protocol="delphi", deployment="lan")
CHEETAH = dict(protocol="cheetah", deployment="lan")


class ClientTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.oracle = picost.local()
        cls.addClassCleanup(cls.oracle.close)
        cls.relus = {l.node: 0 for l in cls.oracle.estimate(MODEL, **DELPHI).layers if l.kind == "relu"}
        totals = cls.oracle.evaluate_edits(MODEL, [{n: 0} for n in cls.relus], **DELPHI)
        whole = cls.oracle.estimate(MODEL, **DELPHI).relu_elements
        for node, without in zip(cls.relus, totals):
            cls.relus[node] = whole - without.relu_elements

    def test_estimate_prints_totals_and_layers(self):
        estimate = self.oracle.estimate(MODEL, **DELPHI)
        self.assertIn("offline", str(estimate))
        self.assertGreater(estimate.online.seconds, 0)
        self.assertLess(estimate.online.low, estimate.online.high)
        self.assertEqual(len(estimate.rows()), len(estimate.layers))

    def test_models_are_paths_bytes_or_names(self):
        with open(MODEL, "rb") as file:
            from_bytes = self.oracle.estimate(file.read(), **DELPHI)
        by_name = self.oracle.estimate(self.oracle.register(MODEL), **DELPHI)
        self.assertEqual(from_bytes.message, by_name.message)

    def test_no_edit_is_the_estimate(self):
        totals, = self.oracle.evaluate_edits(MODEL, [{}], **DELPHI)
        estimate = self.oracle.estimate(MODEL, **DELPHI)
        self.assertEqual(totals.online.seconds, estimate.online.seconds)
        self.assertEqual(totals.bytes, estimate.bytes)
        self.assertEqual(totals.relu_elements, estimate.relu_elements)

    def test_rows_of_counts_equal_operations(self):
        kept = {node: most // 3 for node, most in self.relus.items()}
        row, operations = (self.oracle.evaluate_edits(MODEL, [kept], **CHEETAH)[0],
                           self.oracle.evaluate_edits(
                               MODEL, [[edits.keep(n, c) for n, c in kept.items()]], **CHEETAH)[0])
        self.assertEqual(row.online.seconds, operations.online.seconds)
        self.assertEqual(row.relu_elements, sum(kept.values()))

    def test_masks_count_their_bits(self):
        node, most = next(iter(self.relus.items()))
        mask = [i % 4 == 0 for i in range(most)]
        by_mask, by_count = self.oracle.evaluate_edits(
            MODEL, [edits.keep_mask(node, mask), edits.keep(node, sum(mask))], **DELPHI)
        self.assertEqual(by_mask.relu_elements, by_count.relu_elements)
        self.assertEqual(by_mask.seconds, by_count.seconds)

    def test_errors_say_where_and_how_to_mend(self):
        with self.assertRaises(picost.PicostError) as caught:
            self.oracle.evaluate_edits(MODEL, [{"nowhere": 1}], **DELPHI)
        self.assertEqual(caught.exception.code, grpc.StatusCode.NOT_FOUND)
        self.assertIn("nowhere", str(caught.exception))
        good, bad = self.oracle.evaluate_edits(MODEL, [[], edits.remove("nowhere")], on_error="return",
                                               **DELPHI)
        self.assertIsInstance(good, picost.Totals)
        self.assertIsInstance(bad, picost.PicostError)

    def test_tables_reproduce_edits_within_their_error(self):
        table = self.oracle.cost_table(MODEL, levels=5, **CHEETAH)
        again = pickle.loads(pickle.dumps(table))
        random.seed(5)
        for _ in range(10):
            chosen = {n: random.randrange(len(l.choices)) for n, l in again.layers.items()}
            operations = [again.layers[n].choices[i].operation for n, i in chosen.items()]
            totals, = self.oracle.evaluate_edits(MODEL, [operations], **CHEETAH)
            self.assertLessEqual(abs(again.total(chosen) - totals.seconds), table.error())
            self.assertEqual(again.total(chosen, "total_bytes"), totals.bytes)

    def test_gradients_equal_finite_differences(self):
        table = self.oracle.cost_table(MODEL, levels=9, **DELPHI)
        kept = {n: l.elements * 0.4 + 0.5 for n, l in table.layers.items()}
        gradient = table.gradient(kept)
        for node in kept:
            more = dict(kept, **{node: kept[node] + 1})
            difference = table.interpolate(more) - table.interpolate(kept)
            self.assertAlmostEqual(difference / gradient[node], 1, places=4)

    def test_budgets_are_met(self):
        whole = self.oracle.estimate(MODEL, **DELPHI)
        answer = self.oracle.solve_budget(MODEL, online_seconds=whole.online.seconds / 2, **DELPHI)
        self.assertLessEqual(answer.totals.online.seconds, whole.online.seconds / 2)
        self.assertGreater(answer.importance, 0)
        self.assertLess(answer.gap, 0.05)
        fresh, = self.oracle.evaluate_edits(MODEL, [answer.operations], **DELPHI)
        self.assertEqual(fresh.online.seconds, answer.totals.online.seconds)

    def test_importance_decides_where_relus_stay(self):
        first, *others = self.relus
        worth = {first: 100.0, **{node: 1.0 for node in others}}
        answer = self.oracle.solve_budget(MODEL, importance=worth, relu_elements=self.relus[first],
                                          **DELPHI)
        self.assertEqual(answer.kept[first], self.relus[first])

    def test_clients_pickle_and_reach_the_same_daemon(self):
        other = pickle.loads(pickle.dumps(self.oracle))
        with other:
            self.assertEqual(other.estimate(MODEL, **DELPHI).seconds,
                             self.oracle.estimate(MODEL, **DELPHI).seconds)

    def test_asyncio_gives_the_same_answers(self):

        async def ask():
            async with picost.AsyncClient(self.oracle.address) as oracle:
                await oracle.wait_ready()
                return await oracle.estimate(MODEL, **DELPHI)

        self.assertEqual(asyncio.run(ask()).message, self.oracle.estimate(MODEL, **DELPHI).message)

    def test_sweeps_resume_where_they_were_stopped(self):
        node, most = next(iter(self.relus.items()))
        with tempfile.TemporaryDirectory() as folder:
            source, target = os.path.join(folder, "in.jsonl"), os.path.join(folder, "out.csv")
            with open(source, "w", encoding="utf-8") as file:
                for i in range(7):
                    file.write(json.dumps({"id": "c%d" % i, "kept": {node: i * most // 7}}) + "\n")
                file.write(json.dumps({"kept": {"nowhere": 1}}) + "\n")
            self.assertEqual(8, sweep.sweep(self.oracle, source, target, model=MODEL, batch=3, **DELPHI))
            with open(target, encoding="utf-8") as file:
                whole = file.read()
            self.assertEqual(9, len(whole.splitlines()))
            self.assertIn("nowhere", whole.splitlines()[-1])
            # Stopped in the middle of the fifth line.
            with open(target, "w", encoding="utf-8") as file:
                file.write(whole[:len("".join(whole.splitlines(True)[:5])) - 4])
            self.assertEqual(5, sweep.sweep(self.oracle, source, target, model=MODEL, batch=3, **DELPHI))
            with open(target, encoding="utf-8") as file:
                self.assertEqual(whole, file.read())

    def test_nobody_there_is_an_error_in_time(self):
        with self.assertRaises(picost.PicostError):
            picost.Client("127.0.0.1:1").wait_ready(timeout=0.2)

    def test_a_stranger_daemon_gets_the_model_again(self):
        with picost.local() as other:
            other._registry.update({key: "models/" + "0" * 64 for key in self.oracle._registry})
            self.assertGreater(other.estimate(MODEL, **DELPHI).seconds, 0)


class ReadmeTest(unittest.TestCase):
    """One test per example."""


def add_examples():
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^## ([^\n]*)\n(?:(?!^## ).)*?^```python\n(.*?)^```", file.read(),
                            re.MULTILINE | re.DOTALL)
    for title, code in blocks:

        def run(self, code=code):
            self.assertLessEqual(len(code.splitlines()), 10)
            exec(compile(code, "README.md", "exec"), {"__name__": "example"})

        name = "test_" + re.sub(r"\W+", "_", title.lower())
        setattr(ReadmeTest, name, run)
    return len(blocks)


assert add_examples() >= 7


class PluginTest(unittest.TestCase):

    @unittest.skipUnless(importlib.util.find_spec("optuna"), "Optuna is not installed")
    def test_optuna(self):
        spec = importlib.util.spec_from_file_location(
            "optuna_search", os.path.join(HERE, "examples", "optuna_search.py"))
        search = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(search)
        self.assertGreaterEqual(len(search.main(trials=5).best_trials), 1)


if __name__ == "__main__":
    unittest.main()
