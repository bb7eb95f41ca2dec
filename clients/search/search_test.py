"""The four searches, each for half a minute at most, against a real daemon."""
import json
import os
import tempfile
import unittest

import test_daemon
import torch

import picost
from searches import cryptonas, main, papers, pillar, report, senet, snl, training
from searches.context import Context
from searches.networks import NETWORKS, activations
from searches.pricing import GARBLED, POLYNOMIAL, Pricer, Setting

LONG = bool(os.environ.get("PICOST_LONG"))
HERE = os.path.dirname(os.path.abspath(__file__))
CHEETAH, DELPHI = Setting("cheetah", "wan"), Setting("delphi", "lan")
assert test_daemon.HERE


def row(search, objective, setting="", budget="large", network="plain", seed=1):
    return dict(zip(main.KEY, (search, network, objective, setting, budget, seed)))


class SearchTest(unittest.TestCase):
    """With a quarter of the training; the full one under --long."""

    @classmethod
    def setUpClass(cls):
        cls.oracle = picost.local()
        cls.addClassCleanup(cls.oracle.close)
        cls.context = Context(cls.oracle, 1.0 if LONG else 0.25)
        cls.least = 0.95 if LONG else 0.7

    def run_one(self, *key, **options):
        result = main.run(self.context, row(*key, **options))
        self.assertGreaterEqual(result["accuracy"], self.least)
        return result

    def test_snl_meets_the_budget_of_its_objective(self):
        whole = Pricer(self.oracle, NETWORKS["plain"](), CHEETAH)
        published = self.run_one("snl", "published")
        self.assertLessEqual(sum(published["kept"]), snl.BUDGETS["large"] * 3328)
        self.assertGreater(sum(published["kept"]), 0.95 * snl.BUDGETS["large"] * 3328)
        oracle = self.run_one("snl", "oracle", "cheetah/wan")
        self.assertLessEqual(oracle["costs"]["cheetah/wan"]["seconds"],
                             whole.budget(snl.BUDGETS["large"]))

    def test_snl_masks_channels_too(self):
        result = main.run(self.context, row("snl", "published"), granularity="channel")
        for kept, per_channel in zip(result["kept"], (64, 64, 16, 16, 4)):
            self.assertEqual(kept % per_channel, 0)

    def test_senet_meets_the_budget_of_its_objective(self):
        published = self.run_one("senet", "published")
        self.assertLessEqual(sum(published["kept"]), senet.BUDGETS["large"] * 3328)
        oracle = self.run_one("senet", "oracle", "delphi/lan")
        budget = Pricer(self.oracle, NETWORKS["plain"](), DELPHI).budget(senet.BUDGETS["large"])
        self.assertLessEqual(oracle["costs"]["delphi/lan"]["seconds"], budget)

    def test_cryptonas_meets_the_budget_of_its_objective(self):
        published = self.run_one("cryptonas", "published")
        relus = published["costs"]["delphi/lan"]["relus"]
        self.assertLessEqual(relus, cryptonas.BUDGETS["large"] * 84 * 24 * 2)
        self.assertGreaterEqual(published["relus_before_pruning"], relus)
        oracle = self.run_one("cryptonas", "oracle", "delphi/lan")
        same = cryptonas.Core(published["channels"], published["depth"])
        most = cryptonas.seconds_of(self.context, DELPHI, same)
        if not oracle["skips"]:
            self.assertLessEqual(oracle["costs"]["delphi/lan"]["seconds"], most)
        cores = cryptonas.within_latency(self.context, DELPHI, most, 2)
        self.assertIn(oracle["channels"], [core.channels for core in cores])
        for core in cores:
            wider = cryptonas.scaled(core.channels[0] + 1, core.channels[1] // core.channels[0],
                                     core.depth)
            self.assertLessEqual(cryptonas.seconds_of(self.context, DELPHI, core), most)
            if max(wider.channels) < cryptonas.MOST_CHANNELS:
                self.assertGreater(cryptonas.seconds_of(self.context, DELPHI, wider), most)

    def test_pillar_pays_less_than_one_degree_everywhere(self):
        published = self.run_one("pillar", "published")
        self.assertEqual(set(published["degrees"]), {4})
        for setting in map(str, POLYNOMIAL[::3]):
            oracle = self.run_one("pillar", "oracle", setting)
            self.assertLess(oracle["costs"][setting]["seconds"], published["costs"][setting]["seconds"])

    def test_the_same_seed_gives_the_same_bits_and_another_one_others(self):
        first, again, other = (
            main.run(Context(self.oracle, 0.15), row("snl", "oracle", "delphi/lan", seed=seed))
            for seed in (3, 3, 4))
        self.assertEqual(first, again)
        self.assertNotEqual(first["kept"], other["kept"])

    def test_results_become_trials_of_a_study_once(self):
        context = Context(self.oracle, 0.15, "searches")
        for _ in range(2):
            blind = main.run(context, row("senet", "published"))
            looking = main.run(context, row("pillar", "oracle", "pillar-espn/wan"))
        trials = self.oracle.trials("searches")
        self.assertEqual(len(trials), len(GARBLED) + 1)
        for trial, price in zip(trials, [*blind["costs"].values(),
                                         looking["costs"]["pillar-espn/wan"]]):
            online = trial.totals.online
            self.assertEqual((online.client_to_server_bytes + online.server_to_client_bytes) / 1e6,
                             price["megabytes"])
        self.assertEqual([m.value for m in trials[0].metrics if m.metric == "accuracy"],
                         [blind["accuracy"]])
        self.assertEqual(len(self.oracle.trials("searches", tag="pillar")), 1)

    def test_results_are_priced_anew_from_what_was_found(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.jsonl")
            found = [main.run(self.context, row("snl", "published")),
                     main.run(self.context, row("cryptonas", "flop", budget="small"))]
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(json.dumps({**one, "costs": {}}) + "\n" for one in found)
            main.reprice(self.context, path)
            self.assertEqual(main.results(path), json.loads(json.dumps(found)))

    def test_activations_stand_in_the_order_of_the_file(self):
        for make in NETWORKS.values():
            network = make()
            pricer = Pricer(self.oracle, network, DELPHI)
            sizes = [shape.numel() for shape in snl.elements_of(network)]
            self.assertEqual(list(pricer.layers.values()), sizes)


class PartsTest(unittest.TestCase):

    def test_budgets_in_proportion_spill_over_full_layers(self):
        self.assertEqual(senet.proportional(100, [1.0, 1.0], [1000, 1000]), [50, 50])
        self.assertEqual(senet.proportional(100, [9.0, 1.0, 1.0], [40, 100, 100]), [40, 30, 30])
        self.assertEqual(senet.proportional(500, [9.0, 1.0], [40, 100]), [40, 100])

    def test_the_largest_masks_stay(self):
        masks = [torch.nn.Parameter(torch.tensor(values)) for values in ([0.9, 0.1, 0.8], [0.5, 0.7])]
        self.assertEqual(snl.largest(masks, 3, [1, 1]), [2, 1])
        self.assertEqual(snl.largest(masks, 7, [2, 3]), [2, 1])
        snl.binarise(masks, [2, 1])
        self.assertEqual([mask.tolist() for mask in masks], [[1, 0, 1], [0, 1]])
        curve = snl.worth(torch.tensor([0.5, 0.1, 0.9, 0.3]), 2)
        self.assertEqual(sorted(curve), [0, 2, 4, 6, 8])
        self.assertAlmostEqual(curve[4], 2.8, places=5)

    def test_coefficients_are_quantised_and_near_the_relu(self):
        points = torch.linspace(-pillar.RANGE, pillar.RANGE, 101)
        for degree, error in ((2, 0.5), (3, 0.5), (4, 0.3)):
            quantised = pillar.coefficients(degree) * 2**pillar.BITS
            self.assertTrue(torch.equal(quantised, quantised.round()))
            polynomial = pillar.Polynomial(degree)
            self.assertLess(float((polynomial(points) - points.relu()).abs().max()), error)
            outside = polynomial(torch.tensor([3 * pillar.RANGE]))
            polynomial.clip = True
            self.assertFalse(torch.equal(outside, polynomial(torch.tensor([3 * pillar.RANGE]))))

    def test_masks_are_the_identity_where_they_are_0(self):
        network = NETWORKS["plain"]()
        layer = activations(network)[0]
        layer.mask = torch.tensor([1.0, 0.0])
        self.assertEqual(layer(torch.tensor([-2.0, -2.0])).tolist(), [0.0, -2.0])

    def test_skips_join_layers_of_one_stage(self):
        self.assertEqual(cryptonas.edges(2, 2), [[0, 1], [2, 3]])
        core = cryptonas.Core([4, 8, 8], 2, [[0, 1]])
        self.assertEqual(core.relus, 2 * (4 * 64 + 8 * 16 + 8 * 4))
        self.assertEqual(len(activations(cryptonas.CoreNetwork(core, original=True))), 7)
        self.assertEqual(len(activations(cryptonas.CoreNetwork(core))), 6)
        training.begin(1)
        for original in (False, True):
            network = cryptonas.CoreNetwork(core, original)
            self.assertEqual(network(torch.zeros(2, 1, 8, 8)).shape, (2, 10))

    def test_a_controller_learns_what_is_paid_for(self):
        training.begin(2)
        controller = cryptonas.Controller()
        optimizer = torch.optim.Adam(controller.parameters(), 0.05)
        for _ in range(150):
            decisions, log = controller.sample(3)
            reward = float(decisions[0]) - float(decisions[2]) - 0.2
            optimizer.zero_grad()
            (-reward * log).backward()
            optimizer.step()
        decisions, _ = controller.sample(3, greedy=True)
        self.assertEqual((decisions[0], decisions[2]), (True, False))


class TableTest(unittest.TestCase):

    def test_a_stopped_table_goes_on_where_it_was(self):
        ran = []
        original = main.run
        main.run = lambda context, key: ran.append(key) or {**key, "accuracy": 0.5}
        self.addCleanup(setattr, main, "run", original)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.jsonl")
            whole = main.run_all(None, path, 1, ["snl"])
            self.assertEqual(whole, 2 * 3 * 3)
            with open(path, encoding="utf-8") as file:
                lines = file.readlines()
            with open(path, "w", encoding="utf-8") as file:
                file.write("".join(lines[:5]) + lines[5][:20])
            self.assertEqual(main.run_all(None, path, 1, ["snl"]), whole - 5)
            self.assertEqual(len(main.results(path)), whole)
            self.assertEqual(main.run_all(None, path, 1, ["snl"]), 0)

    def test_equal_accuracy_is_within_one_standard_error(self):

        def of(budget, accuracies, seconds):
            rows = [{"accuracy": a, "costs": {"x": {"seconds": seconds, "flights": 2, "relus": 1}}}
                    for a in accuracies]
            return report.point(budget, rows, "x")

        published = of("large", [0.90, 0.92, 0.94], 2.0)
        self.assertAlmostEqual(published.error, 0.02 / 3**0.5)
        good, bad = of("medium", [0.91, 0.91, 0.91], 1.0), of("small", [0.90, 0.90, 0.90], 0.5)
        self.assertEqual(report.match(published, [good, bad]), good)
        self.assertIsNone(report.match(published, [bad]))

    def test_the_readme_shows_the_committed_results(self):
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        rows = main.results_of(os.path.join(HERE, "results.jsonl"))
        self.assertEqual(len({json.dumps(main.key_of(r)) for r in rows}), len(rows))
        self.assertIn(report.tables(rows), text)


class PapersTest(unittest.TestCase):

    def test_snls_resnet18_rows_are_within_a_tenth_of_what_tables_not_fitted_to_them_say(self):
        rows = [r for r in papers.rows_of("data/published/published_numbers.csv")
                if r["source"].startswith("SNL as") and r["network"] == "ResNet18"]
        self.assertEqual(len(rows), 8)
        with picost.local() as oracle:
            for r in rows:
                size = int(r["input"].split("x")[-1])
                guess = papers.predict(oracle, "ResNet18", size, int(r["relu_count"]))
                with self.subTest(r["dataset"], relus=r["relu_count"]):
                    self.assertLess(abs(guess.relu_seconds / float(r["latency_s"]) - 1), 0.1)
                    self.assertAlmostEqual(guess.relus / int(r["relu_count"]), 1, places=2)

    def test_networks_of_the_page_are_those_of_the_files(self):
        with picost.local() as oracle:
            for name, file in (("ResNet18", "resnet18_cifar"), ("WRN-22-8", "wrn22_8_cifar")):
                shapes = oracle.estimate(papers.NETWORKS[name].make(32, 1.0), **papers.DELPHI)
                whole = oracle.estimate("data/models/%s.onnx" % file, **papers.DELPHI)
                self.assertEqual(shapes.message.totals.macs, whole.message.totals.macs)
                self.assertEqual(shapes.relu_elements, whole.relu_elements)


assert GARBLED == [DELPHI, CHEETAH]

if __name__ == "__main__":
    unittest.main()
