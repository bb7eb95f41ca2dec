"""The package against a real daemon."""
import asyncio
import concurrent.futures
import glob
import io
import json
import os
import pickle
import tempfile
import time
import types
import unittest

import grpc
import optuna
import test_daemon
import torch

import picost
from picost import _requests, edits, sweep
from picost._memory import Memory
from picost._strip import strip
from picost._wire import error_details_pb2, graph_pb2, status_pb2
from picost.plugins import ModuleEvaluator, OptunaTask
from picost.shapes import add, conv, linear, pool, relu, shapes
from test_daemon import CHEETAH, DELPHI, MODEL


assert test_daemon.HERE


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

    def test_estimates_become_data_frames_and_plots(self):
        estimate = self.oracle.estimate(MODEL, **DELPHI)
        frame = estimate.to_pandas()
        self.assertEqual(frame["relu_elements"].sum(), estimate.relu_elements)
        self.assertAlmostEqual(frame["online_bytes"].sum(), estimate.online.bytes)
        axes = estimate.plot_layers(unit="bytes")
        drawn = sum(bar.get_width() for bar in axes.patches)
        self.assertAlmostEqual(drawn / estimate.bytes, 1)
        with self.assertRaisesRegex(ValueError, "layers=True"):
            self.oracle.estimate(MODEL, layers=False, **DELPHI).plot_layers()

    def test_models_are_paths_bytes_or_names(self):
        with open(MODEL, "rb") as file:
            from_bytes = self.oracle.estimate(file.read(), **DELPHI)
        by_name = self.oracle.estimate(self.oracle.register(MODEL), **DELPHI)
        self.assertEqual(from_bytes.message, by_name.message)

    def test_torch_modules_are_stripped_and_count_like_their_shapes(self):
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3, padding=1), torch.nn.ReLU(),
                                      torch.nn.MaxPool2d(2), torch.nn.Flatten(),
                                      torch.nn.Linear(16 * 16 * 16, 10))
        network.train()
        example = torch.zeros(1, 3, 32, 32)
        source = _requests.graph_source(network, example=example)
        self.assertTrue(network.training)
        self.assertLess(len(source.onnx), 4096)
        module = self.oracle.estimate(network, example=example, **CHEETAH)
        plain = self.oracle.estimate(
            shapes((3, 32, 32), conv("c", 16, 3), relu("r"), pool("p", "max", 2), linear("f", 10)),
            **CHEETAH)
        self.assertEqual((module.seconds, module.bytes, module.relu_elements),
                         (plain.seconds, plain.bytes, plain.relu_elements))
        with self.assertRaisesRegex(TypeError, "example="):
            self.oracle.estimate(network, **CHEETAH)
        evaluator = ModuleEvaluator(self.oracle, example, **CHEETAH)
        self.assertEqual(evaluator.evaluate(types.SimpleNamespace(arch=network)), module.seconds)

    def test_stripping_changes_nothing_but_the_weights(self):
        buffer = io.BytesIO()
        torch.onnx.export(torch.nn.Sequential(torch.nn.Linear(500, 300), torch.nn.ReLU()),
                          torch.zeros(1, 500), buffer, opset_version=13)
        whole = buffer.getvalue()
        stripped = strip(whole)
        self.assertGreater(len(whole), 600_000)
        self.assertLess(len(stripped), 2000)
        self.assertEqual(strip(stripped), stripped)
        self.assertEqual(self.oracle.register(graph_pb2.GraphSource(onnx=whole)),
                         self.oracle.register(whole))
        for path in sorted(glob.glob("data/models/*.onnx")):
            with open(path, "rb") as file:
                self.assertEqual(strip(memoryview(file.read())), _requests._read(path), path)
        for broken in (b"", whole[:1000], b"\xff" * 30):
            with self.assertRaisesRegex(ValueError, "not an ONNX file"):
                strip(broken)

    def test_shapes_may_branch(self):
        network = shapes((8, 4, 4), conv("a", 8, 3), relu("r"), conv("b", 8, 3), add("s", "b", "r"),
                         relu("t"))
        self.assertEqual(self.oracle.estimate(network, **CHEETAH).relu_elements, 256)
        with self.assertRaisesRegex(ValueError, "adds"):
            shapes((8, 4, 4), conv("a", 8, 3), conv("b", 4, 3), add("s", "a", "b"))
        with self.assertRaisesRegex(ValueError, "no earlier layer"):
            shapes((8, 4, 4), relu("a", "later"))

    def test_a_comparison_is_its_estimates_and_one_refusal_is_one_cell(self):
        protocols, deployments = ["cheetah", "no-such", "delphi"], ["lan", "wan"]
        compared = self.oracle.compare(MODEL, protocols=protocols, deployments=deployments)
        self.assertEqual([c.error is None for c in compared.cells], [True, False, True] * 2)
        for d, deployment in enumerate(deployments):
            for p in (0, 2):
                estimate = self.oracle.estimate(MODEL, protocol=protocols[p], deployment=deployment)
                self.assertEqual(compared.cell(p, d).online.seconds, estimate.online.seconds)
                self.assertEqual(compared.cell(p, d).seconds, estimate.seconds)
        self.assertEqual(compared.fastest, ["cheetah", "cheetah"])
        self.assertIn("refused", str(compared))
        for point in compared.break_evens:
            self.assertGreater(point.value, 0)

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

    def test_batches_and_streams_answer_each_question_by_itself(self):
        questions = [dict(DELPHI, model=MODEL, id="a"), dict(CHEETAH, model="models/" + "0" * 64, id="b"),
                     dict(CHEETAH, model=MODEL, id="c")]
        plain = [{k: v for k, v in q.items() if k != "id"} for q in questions]
        first, second, third = self.oracle.estimate_batch(plain, on_error="return")
        self.assertEqual(first.seconds, self.oracle.estimate(MODEL, **DELPHI).seconds)
        self.assertEqual(second.code, grpc.StatusCode.NOT_FOUND)
        with self.assertRaises(picost.PicostError):
            self.oracle.estimate_batch(plain)

        async def source():
            for question in questions:
                yield question

        async def ask():
            async with picost.AsyncClient(self.oracle.address) as oracle:
                batch = await oracle.estimate_batch(plain[:1])
                return batch, {name: answer async for name, answer in oracle.stream(source())}

        batch, streamed = asyncio.run(ask())
        self.assertEqual(batch[0].message, first.message)
        self.assertEqual(streamed["a"].message, first.message)
        self.assertEqual(streamed["b"].code, grpc.StatusCode.NOT_FOUND)
        self.assertEqual(streamed["c"].message, third.message)

    def test_a_network_says_how_it_is_read(self):
        class Gate(torch.autograd.Function):
            @staticmethod
            def symbolic(graph, values):
                return graph.op("my.lab::Gate", values).setType(values.type())

            @staticmethod
            def forward(context, values):
                return values

        class Gated(torch.nn.Module):
            def forward(self, values):
                return torch.relu(Gate.apply(values))

        example = torch.zeros(1, 16)
        with self.assertRaisesRegex(picost.PicostError, "my.lab"):
            self.oracle.inspect(Gated(), example=example)
        bounded = self.oracle.inspect(picost.network(
            Gated(), example=example, unknown_operators="upper-bound", trip_counts={"nowhere": 3}))
        self.assertEqual([bounded.totals.relu_elements, bounded.totals.comparisons], [16, 16])
        self.assertIn("nowhere", " ".join(bounded.notes.warnings))
        own = picost.network(Gated(), example=example, custom_operators="""
            operator { domain: "my.lab" op_type: "Gate" output { dims: "in0[0]" dims: "in0[1]" }
                       step { name: "gate" relu: "out0.size" } }""")
        self.assertEqual(self.oracle.inspect(own).totals.relu_elements, 32)
        self.assertEqual(self.oracle.estimate(own, **CHEETAH).relu_elements, 32)
        with self.assertRaisesRegex(ValueError, "upper-bound"):
            picost.network(Gated(), example=example, unknown_operators="guess")
        with self.assertRaisesRegex(ValueError, "registration"):
            picost.network("models/abc", trip_counts={"loop": 2})

    def test_conventions_and_rewrites_reach_the_daemon(self):
        stem = next(iter(self.relus))
        without = self.oracle.inspect(MODEL, counting="without-stem").totals.relu_elements
        self.assertEqual(without, sum(self.relus.values()) - self.relus[stem])
        asked = {"model": MODEL, "counting": "without-stem", **CHEETAH}
        self.assertEqual([a.relu_elements for a in (
            self.oracle.estimate(**asked), *self.oracle.estimate_batch([asked]))], [without] * 2)
        passed = self.oracle.plan(MODEL, protocol="cheetah", rewrites=["truncate-at-relu"])
        self.assertEqual([step.rewrite for step in passed.rewrites], ["rewrites/truncate-at-relu"])
        with self.assertRaises(picost.PicostError) as refused:
            self.oracle.estimate(MODEL, rewrites=["nonsense"], **CHEETAH)
        self.assertEqual(refused.exception.code, grpc.StatusCode.INVALID_ARGUMENT)

    def test_counts_and_plans_need_no_tables(self):
        counts = self.oracle.inspect(MODEL)
        self.assertEqual(counts.totals.relu_elements, sum(self.relus.values()))
        plan = self.oracle.plan(MODEL, protocol="cheetah")
        estimate = self.oracle.estimate(MODEL, **CHEETAH)
        self.assertEqual(plan.online.flights, estimate.online.flights)

    def test_polynomials_may_be_worth_something(self):
        whole = self.oracle.evaluate_edits(
            MODEL, [[edits.polynomial(n, 2) for n in self.relus], [edits.polynomial(n, 4) for n in self.relus]],
            protocol="pillar-espn", deployment="wan")
        worth = {node: {edits.Degree(2): 1.0, edits.Degree(4): 2.0} for node in self.relus}
        answer = self.oracle.solve_budget(
            MODEL, importance=worth, protocol="pillar-espn", deployment="wan",
            online_bytes=(whole[0].online.bytes + whole[1].online.bytes) // 2)
        degrees = {o.replace_activation.degree for o in answer.operations}
        self.assertEqual(degrees, {2, 4})

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

    def test_answers_are_remembered_until_they_are_old(self):
        with picost.Client(self.oracle.address) as fresh, picost.Client(self.oracle.address,
                                                                        cache=0) as forgetful:
            node = next(iter(self.relus))
            for client, hits in ((fresh, 4), (forgetful, 0)):
                client.estimate(MODEL, **DELPHI)
                first = client.evaluate_edits(MODEL, [{node: k} for k in range(3)], **DELPHI)
                client.estimate(MODEL, **DELPHI)
                again = client.evaluate_edits(MODEL, [{node: k} for k in (7, 2, 1, 0)], **DELPHI)
                self.assertEqual([t.seconds for t in again[:0:-1]], [t.seconds for t in first])
                self.assertEqual(client._memory.hits, hits)
        memory = Memory(2, 1000.0)
        for key in "abc":
            memory.put(key, key)
        self.assertEqual([memory.get(key) for key in "abc"], [None, "b", "c"])
        memory = Memory(2, -1.0)
        memory.put("a", "a")
        self.assertIsNone(memory.get("a"))

    def test_objectives_pickle_and_know_their_limits(self):
        cost = picost.Objective(self.oracle, MODEL, metrics=["online_seconds", "total_bytes"],
                                limits={"online_flights": 10.0}, **DELPHI)
        self.assertEqual(cost.layers, self.relus)
        kept = {node: most // 2 for node, most in cost.layers.items()}
        totals, = self.oracle.evaluate_edits(MODEL, [kept], **DELPHI)
        costs = pickle.loads(pickle.dumps(cost))({**kept, "something else": 1})
        self.assertEqual(costs, {"online_seconds": totals.online.seconds, "total_bytes": totals.bytes})
        self.assertEqual(cost.excess(kept), [totals.online.flights - 10.0])
        self.assertGreater(cost.with_deviation(kept)["online_seconds"][1], 0)
        with self.assertRaisesRegex(ValueError, "unknown metric"):
            picost.Objective(self.oracle, MODEL, metrics=["speed"], **DELPHI)

    def test_seconds_without_a_table_are_an_error_not_zero(self):
        cost = picost.Objective(self.oracle, MODEL, protocol="relu-count", deployment="lan")
        with self.assertRaisesRegex(ValueError, "no table"):
            cost({})

    def test_nobody_there_is_an_error_in_time(self):
        with self.assertRaises(picost.PicostError):
            picost.Client("127.0.0.1:1").wait_ready(timeout=0.2)

    def test_a_stranger_daemon_gets_the_model_again(self):
        with picost.local() as other:
            other._memory.models.update({key: "models/" + "0" * 64 for key in self.oracle._memory.models})
            self.assertGreater(other.estimate(MODEL, **DELPHI).seconds, 0)


class RetryTest(unittest.TestCase):
    """Against a server that refuses the first calls."""

    def ask(self, code, delay, refusals, retries=3):
        calls = []

        def handler(request, context):
            del request
            calls.append(time.monotonic())
            if len(calls) <= refusals:
                status = status_pb2.Status(code=code.value[0], message="later")
                if delay is not None:
                    retry = error_details_pb2.RetryInfo()
                    retry.retry_delay.FromNanoseconds(int(delay * 1e9))
                    status.details.add().Pack(retry)
                context.set_trailing_metadata(
                    (("grpc-status-details-bin", status.SerializeToString()),))
                context.abort(code, "later")
            return b""

        server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
            "picost.v1.CostOracle", {"Estimate": grpc.unary_unary_rpc_method_handler(handler)}),))
        with tempfile.TemporaryDirectory() as folder:
            server.add_insecure_port("unix:" + folder + "/socket")
            server.start()
            try:
                with picost.Client("unix:" + folder + "/socket", retries=retries) as client:
                    client.estimate("models/any", **DELPHI)
            finally:
                server.stop(None)
        return calls

    def test_a_named_delay_is_waited_for(self):
        calls = self.ask(grpc.StatusCode.RESOURCE_EXHAUSTED, 0.2, refusals=2)
        self.assertEqual(len(calls), 3)
        self.assertGreaterEqual(calls[1] - calls[0], 0.2)
        self.assertGreaterEqual(calls[2] - calls[1], 0.2)

    def test_unavailable_is_tried_again(self):
        self.assertEqual(len(self.ask(grpc.StatusCode.UNAVAILABLE, None, refusals=3)), 4)

    def test_other_errors_and_too_many_refusals_are_raised(self):
        for code, delay in ((grpc.StatusCode.RESOURCE_EXHAUSTED, None),
                            (grpc.StatusCode.UNAVAILABLE, None)):
            with self.assertRaises(picost.PicostError) as caught:
                self.ask(code, delay, refusals=9, retries=1)
            self.assertEqual(caught.exception.code, code)


class OptunaTest(unittest.TestCase):

    def test_constraints_hold_on_the_front(self):
        with picost.local() as oracle:
            cost = picost.Objective(oracle, MODEL, metrics=["online_seconds"],
                                    limits={"client_storage_bytes": 1.5e9}, **DELPHI)
            task = OptunaTask(cost)
            study = optuna.create_study(
                directions=task.directions,
                sampler=optuna.samplers.NSGAIISampler(seed=1, population_size=10,
                                                      constraints_func=task.excess))
            study.optimize(task, n_trials=40)
            feasible = [t for t in study.trials if t.user_attrs["excess"][0] <= 0]
            self.assertTrue(0 < len(feasible) < len(study.trials))
            trial = study.best_trials[0]
            self.assertEqual(trial.values, [sum(trial.params.values()), *cost(trial.params).values()])


if __name__ == "__main__":
    unittest.main()
