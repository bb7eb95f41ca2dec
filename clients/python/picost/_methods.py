"""The calls that both clients have, written once as generators.

A generator yields (stub name, method, request), is sent the response, and returns the
answer; a client drives it with blocking or with awaited calls.
"""
from __future__ import annotations

from typing import Any, Dict, Generator, Iterable, List, Mapping, Optional

from picost import _requests as r
from picost import answers
from picost._wire import edits_pb2, models_pb2
from picost.cost_table import CostTable
from picost.edits import as_edit

Call = Generator[Any, Any, Any]


def registered(registry: Dict[str, str], source: Any) -> Call:
    """The source, large ones as the name of a registered model."""
    if not r.is_large(source):
        return source
    key = r.key_of(source)
    if key not in registry:
        model = yield "models", "CreateModel", models_pb2.CreateModelRequest(graph=source)
        registry[key] = model.name
    return r.graph_source(registry[key])


def register(registry: Dict[str, str], model: r.ModelLike, display_name: str,
             dimensions: Optional[Mapping[str, int]], example: Any) -> Call:
    source = r.graph_source(model, dimensions, example)
    answer = yield "models", "CreateModel", models_pb2.CreateModelRequest(
        graph=source, display_name=display_name)
    registry[r.key_of(source)] = answer.name
    return answer.name


def base(registry: Dict[str, str], model: r.ModelLike, protocol: r.ProtocolLike,
         deployment: r.DeploymentLike, dimensions: Optional[Mapping[str, int]] = None,
         example: Any = None) -> Call:
    source = yield from registered(registry, r.graph_source(model, dimensions, example))
    return r.question(source, protocol, deployment)


def estimate(registry: Dict[str, str], model: r.ModelLike, protocol: r.ProtocolLike,
             deployment: r.DeploymentLike, layers: bool, dimensions: Optional[Mapping[str, int]],
             example: Any) -> Call:
    question = yield from base(registry, model, protocol, deployment, dimensions, example)
    answer = yield "oracle", "Estimate", r.question_pb2.EstimateRequest(
        view=r.view(layers), **question)
    return answers.Estimate(answer)


def evaluate_edits(registry: Dict[str, str], model: r.ModelLike, edits: Iterable[Any],
                   protocol: r.ProtocolLike, deployment: r.DeploymentLike, batch: int,
                   on_error: str) -> Call:
    question = yield from base(registry, model, protocol, deployment)
    edits = list(edits)
    results: List[Any] = []
    for begin in range(0, len(edits), batch):
        answer = yield "oracle", "EvaluateEdits", r.edits_request(question,
                                                                  edits[begin:begin + batch])
        results += r.read_edits(answer, on_error)
    return results


def cost_table(registry: Dict[str, str], model: r.ModelLike, protocol: r.ProtocolLike,
               deployment: r.DeploymentLike, levels: int, degrees: Iterable[int]) -> Call:
    question = yield from base(registry, model, protocol, deployment)
    answer = yield "oracle", "ExportCostTable", r.table_request(question, levels, degrees)
    return CostTable(answer)


def solve_budget(registry: Dict[str, str], model: r.ModelLike, protocol: r.ProtocolLike,
                 deployment: r.DeploymentLike, importance: Optional[Mapping[str, Any]], levels: int,
                 frontier: int, budget: Mapping[str, float]) -> Call:
    question = yield from base(registry, model, protocol, deployment)
    answer = yield "oracle", "SolveBudget", r.budget_request(question, importance, levels, frontier,
                                                             budget)
    if frontier:
        return [answers.Allocation(a) for a in answer.frontier]
    return answers.Allocation(answer.best)


def capacity(registry: Dict[str, str], model: r.ModelLike, protocol: r.ProtocolLike,
             deployment: r.DeploymentLike, arrivals_per_second: float, client_storage_bytes: int,
             edit: Any) -> Call:
    question = yield from base(registry, model, protocol, deployment)
    answer = yield "oracle", "EstimateCapacity", edits_pb2.EstimateCapacityRequest(
        arrivals_per_second=arrivals_per_second, client_storage_bytes=client_storage_bytes,
        operations=as_edit(edit or {}).operations, **question)
    return answer
