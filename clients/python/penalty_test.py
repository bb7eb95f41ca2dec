"""Tables and penalties against the daemon's own answers, and against finite differences."""
import random
import unittest

import test_daemon
import torch

import picost
from test_daemon import CHEETAH, DELPHI, MODEL

MINIONN = {"protocol": "minionn", "deployment": "loopback-measured"}
PILLAR = {"protocol": "pillar-espn", "deployment": "wan"}
assert test_daemon.HERE


class TableTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.oracle = picost.local()
        cls.addClassCleanup(cls.oracle.close)

    def table(self, question, **options):
        return self.oracle.cost_table(MODEL, **question, **options)

    def test_random_allocations_cost_what_edits_cost_within_the_stated_error(self):
        for question, options, metrics in (
            (DELPHI, {}, ("total_seconds", "online_seconds", "total_bytes", "client_storage_bytes")),
            (CHEETAH, {}, ("total_seconds", "online_seconds", "total_bytes", "online_flights")),
            (MINIONN, {}, ("total_bytes", "online_flights")),
            (PILLAR, {"degrees": [2, 3, 4]}, ("online_bytes", "online_flights"))):
            table = self.table(question, levels=6, **options)
            source = random.Random(7)
            chosen = [{n: source.randrange(len(l.choices)) for n, l in table.layers.items()
                       if source.random() < 0.8} for _ in range(40)]
            totals = self.oracle.evaluate_edits(
                MODEL, [[table.layers[n].choices[i].operation for n, i in c.items()] for c in chosen],
                **question)
            for metric in metrics:
                for choice, truth in zip(chosen, totals):
                    with self.subTest(question["protocol"], metric=metric):
                        self.assertLessEqual(abs(table.total(choice, metric) - truth.cost(metric)),
                                             table.error(metric) * (1 + 1e-9) + 1e-12)

    def test_widths_and_activations_together_cost_what_edits_cost(self):
        for question, metrics in ((DELPHI, ("total_seconds", "total_bytes")),
                                  (CHEETAH, ("total_seconds", "total_bytes", "online_flights"))):
            table = self.table(question, levels=4, widths=[0.7, 0.4])
            self.assertTrue(table.widths)
            source = random.Random(11)
            chosen = [{n: source.randrange(len(table.choices(n)))
                       for n in [*table.layers, *table.widths]} for _ in range(12)]
            totals = self.oracle.evaluate_edits(
                MODEL, [[table.layers[n].choices[i].operation for n, i in c.items()
                         if n in table.layers] +
                        [o for n, i in c.items() if n in table.widths
                         for o in table.widths[n].choices[i].operations] for c in chosen],
                **question)
            for metric in metrics:
                for choice, truth in zip(chosen, totals):
                    with self.subTest(question["protocol"], metric=metric):
                        self.assertLessEqual(abs(table.total(choice, metric) - truth.cost(metric)),
                                             table.error(metric) * (1 + 1e-9) + 1e-12)
            # At the corners the expectation is the choice itself, pairs and all.
            penalty = picost.LatencyPenalty(table, metrics[0])
            for choice in chosen[:3]:
                rows = {n: torch.nn.functional.one_hot(torch.tensor(i), len(table.choices(n)))
                        for n, i in choice.items()}
                self.assertAlmostEqual(
                    penalty.of_choices(rows).item(),
                    table.expected({n: row.tolist() for n, row in rows.items()}, metrics[0]),
                    places=9)

    def test_the_penalty_is_the_tables_interpolation(self):
        for question in (DELPHI, CHEETAH):
            table = self.table(question)
            source = random.Random(3)
            for envelope in (False, True):
                penalty = picost.LatencyPenalty(table, "online_seconds", envelope=envelope)
                for _ in range(20):
                    kept = {n: source.choice([0.0, source.uniform(0, l.elements), l.elements])
                            for n, l in table.layers.items()}
                    value = penalty.of_kept({n: torch.tensor(k, dtype=torch.float64)
                                             for n, k in kept.items()})
                    self.assertAlmostEqual(
                        value.item(), table.interpolate(kept, "online_seconds", envelope), places=9)

    def test_gradients_equal_finite_differences(self):
        for question in (DELPHI, CHEETAH):
            table = self.table(question)
            for envelope in (False, True):
                penalty = picost.LatencyPenalty(table, envelope=envelope)
                nodes = list(table.layers)
                # Between the corners, where there is a derivative.
                kept = torch.tensor([table.layers[n].elements * 0.41 + 0.5 for n in nodes],
                                    dtype=torch.float64, requires_grad=True)
                self.assertTrue(torch.autograd.gradcheck(
                    lambda k: penalty.of_kept(dict(zip(nodes, k))), (kept,), eps=0.1, atol=1e-9,
                    rtol=1e-6))
                gradient = torch.autograd.grad(penalty.of_kept(dict(zip(nodes, kept))), kept)[0]
                expected = table.gradient(dict(zip(nodes, kept.tolist())), envelope=envelope)
                for node, slope in zip(nodes, gradient.tolist()):
                    self.assertAlmostEqual(slope / expected[node], 1, places=9)

    def test_masks_of_elements_and_channels_share_the_gradient_of_their_layer(self):
        table = self.table(DELPHI)
        penalty = picost.LatencyPenalty(table)
        node = next(iter(table.layers))
        mask = torch.full((8, 4), 0.41, dtype=torch.float64, requires_grad=True)
        self.assertTrue(torch.autograd.gradcheck(lambda m: penalty({node: m}), (mask,), eps=1e-4,
                                                 atol=1e-6, rtol=1e-5))
        elements = table.layers[node].elements
        gradient = torch.autograd.grad(penalty({node: mask}), mask)[0]
        per_element = table.gradient({node: 0.41 * elements})[node]
        self.assertAlmostEqual(gradient.sum().item(), per_element * elements, places=6)

    def test_expected_costs_have_the_choices_as_corners(self):
        table = self.table(PILLAR, levels=3, degrees=[2, 4])
        penalty = picost.LatencyPenalty(table, "online_bytes")
        for node, layer in table.layers.items():
            for i, _ in enumerate(layer.choices):
                row = torch.zeros(len(layer.choices), dtype=torch.float64)
                row[i] = 1
                self.assertAlmostEqual(penalty.of_choices({node: row}).item(),
                                       table.total({node: i}, "online_bytes"), delta=1)
        alphas = {n: torch.randn(len(l.choices), dtype=torch.float64, requires_grad=True,
                                 generator=torch.Generator().manual_seed(1))
                  for n, l in table.layers.items()}
        self.assertTrue(torch.autograd.gradcheck(
            lambda *a: penalty.of_choices({n: r.softmax(0) for n, r in zip(alphas, a)}) * 1e-6,
            tuple(alphas.values()), eps=1e-5))
        with self.assertRaisesRegex(ValueError, "choices"):
            penalty.of_choices({next(iter(table.layers)): torch.ones(2)})

    def test_the_matrix_has_a_row_for_each_layer(self):
        table = self.table(CHEETAH, levels=9)
        matrix = table.tensor("total_seconds")
        self.assertEqual(len(matrix), len(table.layers))
        for row, node in zip(matrix.tolist(), table.layers):
            own = table.rows(node)
            self.assertEqual(row[:len(own)], own)
            self.assertTrue(all(filler == max(own) for filler in row[len(own):]))

    def test_the_envelope_is_convex_and_below_every_count(self):
        table = self.table({"protocol": "cheetah", "deployment": "wan"})
        for node in table.layers:
            hull = table.points(node, "online_seconds", envelope=True)
            slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(hull, hull[1:])]
            self.assertEqual(slopes, sorted(slopes))
            base = table.base("online_seconds")
            for kept, cost in table.points(node, "online_seconds"):
                value = table.interpolate({node: kept}, "online_seconds", envelope=True) - base
                self.assertLessEqual(value, cost + 1e-9)

    def test_seconds_without_a_table_are_an_error_not_zero(self):
        table = self.table({"protocol": "relu-count", "deployment": "lan"})
        with self.assertRaisesRegex(ValueError, "no table"):
            picost.LatencyPenalty(table, "online_seconds")

    def test_a_penalty_needs_no_daemon(self):
        path = "%s/table.bin" % test_daemon.os.environ.get("TEST_TMPDIR", "/tmp")
        self.table(CHEETAH).save(path)
        table = picost.CostTable.load(path)
        masks = {n: torch.full((10,), 0.9, requires_grad=True) for n in table.layers}
        picost.LatencyPenalty(table)(masks).backward()
        self.assertTrue(all((m.grad > 0).all() for m in masks.values()))


if __name__ == "__main__":
    unittest.main()
