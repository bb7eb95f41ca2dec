"""The calls that both clients have, written once as generators.

A generator yields (stub name, method, request), is sent the response, and returns the
answer; a client drives it with blocking or with awaited calls.
"""
from __future__ import annotations

from typing import Any, Generator, Iterable, List, Mapping, Optional

from picost import _requests as r
from picost import answers
from picost._memory import Memory
from picost._wire import compare_pb2, edits_pb2, models_pb2
from picost.comparison import Comparison
from picost.cost_table import CostTable
from picost.edits import as_edit

Call = Generator[Any, Any, Any]


def registered(memory: Memory, source: Any) -> Call:
    """The source, large ones as the name of a registered model."""
    if not r.is_large(source):
        return source
    key = r.key_of(source)
    if key not in memory.models:
        model = yield "models", "CreateModel", models_pb2.CreateModelRequest(graph=source)
        memory.models[key] = model.name
    return r.graph_source(memory.models[key])


def remembered(memory: Memory, method: str, request: Any) -> Call:
    """A question to the oracle, or its answer from before."""
    key = (method, request.SerializeToString(deterministic=True))
    answer = memory.get(key)
    if answer is None:
        answer = yield "oracle", method, request
        memory.put(key, answer)
    return answer


def register(memory: Memory, model: r.ModelLike, display_name: str,
             dimensions: Optional[Mapping[str, int]], example: Any) -> Call:
    source = r.graph_source(model, dimensions, example)
    answer = yield "models", "CreateModel", models_pb2.CreateModelRequest(
        graph=source, display_name=display_name)
    memory.models[r.key_of(source)] = answer.name
    return answer.name


def base(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
         deployment: r.DeploymentLike, dimensions: Optional[Mapping[str, int]] = None,
         example: Any = None) -> Call:
    source = yield from registered(memory, r.graph_source(model, dimensions, example))
    return r.question(source, protocol, deployment)


def estimate_request(memory: Memory, layers: bool, model: r.ModelLike, protocol: r.ProtocolLike,
                     deployment: r.DeploymentLike, dimensions: Optional[Mapping[str, int]] = None,
                     example: Any = None, rewrites: Iterable[str] = (), counting: str = "") -> Call:
    """The request that a question's words stand for."""
    question = yield from base(memory, model, protocol, deployment, dimensions, example)
    return r.question_pb2.EstimateRequest(
        view=r.view(layers), rewrites=r.rewrite_names(rewrites),
        counting=r.counting_choice(counting), **question)


def estimate(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
             deployment: r.DeploymentLike, layers: bool, dimensions: Optional[Mapping[str, int]],
             example: Any, rewrites: Iterable[str], counting: str) -> Call:
    request = yield from estimate_request(memory, layers, model, protocol, deployment, dimensions,
                                          example, rewrites, counting)
    answer = yield from remembered(memory, "Estimate", request)
    return answers.Estimate(answer)


def estimate_batch(memory: Memory, questions: Iterable[Mapping[str, Any]], layers: bool,
                   on_error: str) -> Call:
    requests = []
    for asked in questions:
        requests.append((yield from estimate_request(memory, layers, **asked)))
    results: List[Any] = []
    for begin in range(0, len(requests), r.BATCH_ESTIMATES):
        answer = yield "oracle", "BatchEstimate", edits_pb2.BatchEstimateRequest(
            requests=requests[begin:begin + r.BATCH_ESTIMATES])
        results += [r.read_result(result, on_error) for result in answer.results]
    return results


def inspect(memory: Memory, model: r.ModelLike, dimensions: Optional[Mapping[str, int]],
            example: Any, counting: str) -> Call:
    source = yield from registered(memory, r.graph_source(model, dimensions, example))
    return (yield from remembered(memory, "Inspect", r.oracle_pb2.InspectRequest(
        graph=source, counting=r.counting_choice(counting))))


def plan(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
         dimensions: Optional[Mapping[str, int]], example: Any, rewrites: Iterable[str],
         counting: str) -> Call:
    source = yield from registered(memory, r.graph_source(model, dimensions, example))
    return (yield from remembered(memory, "Plan", r.oracle_pb2.PlanRequest(
        graph=source, protocol=r.protocol_choice(protocol),
        rewrites=r.rewrite_names(rewrites), counting=r.counting_choice(counting))))


def evaluate_edits(memory: Memory, model: r.ModelLike, edits: Iterable[Any],
                   protocol: r.ProtocolLike, deployment: r.DeploymentLike, batch: int,
                   on_error: str) -> Call:
    question = yield from base(memory, model, protocol, deployment)
    edits = list(edits)
    asked = r.key_of_question(question)
    keys = [(asked, r.key_of_edit(edit)) for edit in edits]
    results: List[Any] = [memory.get(key) for key in keys]
    new = [i for i, result in enumerate(results) if result is None]
    for begin in range(0, len(new), batch):
        part = new[begin:begin + batch]
        answer = yield "oracle", "EvaluateEdits", r.edits_request(question, [edits[i] for i in part])
        for i, result in zip(part, r.read_edits(answer, on_error)):
            results[i] = result
            if isinstance(result, answers.Totals):
                memory.put(keys[i], result)
    return results


def cost_table(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
               deployment: r.DeploymentLike, levels: int, degrees: Iterable[int],
               widths: Iterable[float]) -> Call:
    question = yield from base(memory, model, protocol, deployment)
    answer = yield from remembered(memory, "ExportCostTable",
                                   r.table_request(question, levels, degrees, widths))
    return CostTable(answer)


def solve_budget(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
                 deployment: r.DeploymentLike, importance: Optional[Mapping[str, Any]], levels: int,
                 frontier: int, budget: Mapping[str, float]) -> Call:
    question = yield from base(memory, model, protocol, deployment)
    answer = yield from remembered(
        memory, "SolveBudget", r.budget_request(question, importance, levels, frontier, budget))
    if frontier:
        return [answers.Allocation(a) for a in answer.frontier]
    return answers.Allocation(answer.best)


def capacity(memory: Memory, model: r.ModelLike, protocol: r.ProtocolLike,
             deployment: r.DeploymentLike, arrivals_per_second: float, client_storage_bytes: int,
             edit: Any) -> Call:
    question = yield from base(memory, model, protocol, deployment)
    answer = yield "oracle", "EstimateCapacity", edits_pb2.EstimateCapacityRequest(
        arrivals_per_second=arrivals_per_second, client_storage_bytes=client_storage_bytes,
        operations=as_edit(edit or {}).operations, **question)
    return answer


def compare(memory: Memory, model: r.ModelLike, protocols: Iterable[r.ProtocolLike],
            deployments: Iterable[r.DeploymentLike], online: bool) -> Call:
    source = yield from registered(memory, r.graph_source(model))
    choices = [r.protocol_choice(p) for p in protocols]
    places = [r.deployment_choice(d) for d in deployments]
    metric = (compare_pb2.COMPARE_METRIC_ONLINE
              if online else compare_pb2.COMPARE_METRIC_OFFLINE_AND_ONLINE)
    answer = yield from remembered(memory, "CompareDeployments",
                                   compare_pb2.CompareDeploymentsRequest(
                                       graph=source, protocols=choices, deployments=places,
                                       metric=metric))
    return Comparison(answer, choices, places)
