"""What both clients build and read: requests from what users write."""
from __future__ import annotations

import hashlib
import mmap
import os
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from picost import answers, errors
from picost._strip import strip
from picost._wire import (deployment_pb2, edits_pb2, graph_pb2, models_pb2, oracle_pb2, question_pb2)
from picost.cost_table import CostTable
from picost.edits import Degree, as_edit

# A registered model's name, ONNX as bytes or a path, layer shapes, or a torch module.
ModelLike = Union[str, bytes, "os.PathLike[str]", graph_pb2.LayerShapes, Any]
ProtocolLike = Union[str, question_pb2.ProtocolChoice]
DeploymentLike = Union[str, deployment_pb2.DeploymentChoice, deployment_pb2.CustomDeployment]

# Larger files are sent once and named afterwards.
REGISTER_ABOVE_BYTES = 4096
# Most requests of one BatchEstimate.
BATCH_ESTIMATES = 1000


def graph_source(model: ModelLike, dimensions: Optional[Mapping[str, int]] = None,
                 example: Any = None) -> graph_pb2.GraphSource:
    if isinstance(model, graph_pb2.GraphSource):
        return model
    if isinstance(model, graph_pb2.LayerShapes):
        return graph_pb2.GraphSource(layer_shapes=model)
    if isinstance(model, str) and model.startswith("models/"):
        return graph_pb2.GraphSource(model=model)
    if isinstance(model, (str, os.PathLike)):
        onnx = _read(model)
    elif hasattr(model, "state_dict"):
        onnx = strip(_export(model, example))
    else:
        onnx = strip(model)
    return graph_pb2.GraphSource(onnx=onnx, dimensions=dimensions or {})


def network(model: ModelLike, *, dimensions: Optional[Mapping[str, int]] = None, example: Any = None,
            unknown_operators: str = "", custom_operators: str = "",
            trip_counts: Optional[Mapping[str, int]] = None) -> graph_pb2.GraphSource:
    """A model with how to read it, for every call that takes a model.

    dimensions: sizes (>= 1) of symbolic dimensions by name. unknown_operators: "error" (what a
    daemon does unless told), "upper-bound" (each output element a comparison) or "zero"; answers
    list what was unknown. custom_operators: text of a CustomOperators message
    (docs/adding_an_op.md). trip_counts: iterations by Loop node, where the file does not say.
    ValueError: another word, or options for what is not ONNX."""
    source = graph_pb2.GraphSource()
    source.CopyFrom(graph_source(model, dimensions, example))
    if unknown_operators:
        source.unknown_operators = _enum(graph_pb2.UnknownOperatorPolicy, unknown_operators)
    source.custom_operators = custom_operators
    source.trip_counts.update(trip_counts or {})
    asked = dimensions or unknown_operators or custom_operators or trip_counts
    if asked and source.WhichOneof("source") != "onnx":
        raise ValueError("dimensions, operators and trip counts say how to read ONNX; a registered "
                         "model was read with those of its registration, layer shapes need none")
    return source


def counting_choice(word: str) -> "Optional[graph_pb2.ReluConvention.ValueType]":
    """"as-written", "without-stem", "without-last" or "after-max-pool" (docs/counting.md)."""
    return _enum(graph_pb2.ReluConvention, word) if word else None


def _enum(kind: Any, word: str) -> Any:
    """The value whose name ends in the word; the first one of an enum stands for none."""
    prefix = kind.Name(0)[:-len("UNSPECIFIED")]
    words = [name[len(prefix):].lower().replace("_", "-") for name in kind.keys()[1:]]
    if word not in words:
        raise ValueError("%r is none of %s" % (word, ", ".join(words)))
    return kind.Value(prefix + word.upper().replace("-", "_"))


def rewrite_names(rewrites: Iterable[str]) -> List[str]:
    return [name if name.startswith("rewrites/") else "rewrites/" + name for name in rewrites]


def _read(path: "str | os.PathLike[str]") -> bytes:
    """The file without its weights, which are not even read."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise ValueError("%s is empty" % os.fspath(path))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            try:
                return strip(view)
            except ValueError as error:
                raise ValueError("%s: %s" % (os.fspath(path), error)) from None


def _export(module: Any, example: Any) -> bytes:
    """A torch module as ONNX, in inference mode; the module stays as it is."""
    import inspect
    import io

    import torch
    if example is None:
        raise TypeError("a torch module needs example=: an input tensor, or a tuple of them")
    # Later versions of torch have a second exporter, which needs packages of its own.
    legacy = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    buffer = io.BytesIO()
    training = module.training
    try:
        module.eval()
        torch.onnx.export(module, example, buffer, opset_version=13, **legacy)
    finally:
        module.train(training)
    return buffer.getvalue()


def key_of(source: graph_pb2.GraphSource) -> str:
    return hashlib.sha256(source.SerializeToString(deterministic=True)).hexdigest()


def is_large(source: graph_pb2.GraphSource) -> bool:
    return source.WhichOneof("source") != "model" and source.ByteSize() > REGISTER_ABOVE_BYTES


def protocol_choice(protocol: ProtocolLike) -> question_pb2.ProtocolChoice:
    if isinstance(protocol, question_pb2.ProtocolChoice):
        return protocol
    name = protocol if protocol.startswith("protocols/") else "protocols/" + protocol
    return question_pb2.ProtocolChoice(protocol=name)


def deployment_choice(deployment: DeploymentLike) -> deployment_pb2.DeploymentChoice:
    if isinstance(deployment, deployment_pb2.DeploymentChoice):
        return deployment
    if isinstance(deployment, deployment_pb2.CustomDeployment):
        return deployment_pb2.DeploymentChoice(custom=deployment)
    name = deployment if deployment.startswith("deployments/") else "deployments/" + deployment
    return deployment_pb2.DeploymentChoice(name=name)


def question(source: graph_pb2.GraphSource, protocol: ProtocolLike,
             deployment: DeploymentLike) -> Dict[str, Any]:
    return {
        "graph": source,
        "protocol": protocol_choice(protocol),
        "deployment": deployment_choice(deployment),
    }


def key_of_question(base: Dict[str, Any]) -> bytes:
    return edits_pb2.EvaluateEditsRequest(**base).SerializeToString(deterministic=True)


def key_of_edit(edit: Any) -> Any:
    if isinstance(edit, Mapping):
        return tuple(sorted(edit.items()))
    return as_edit(edit).SerializeToString(deterministic=True)


def edits_request(base: Dict[str, Any], edits: Iterable[Any]) -> edits_pb2.EvaluateEditsRequest:
    """Counts alone travel as one row of numbers each."""
    edits = list(edits)
    request = edits_pb2.EvaluateEditsRequest(**base)
    if edits and all(isinstance(edit, Mapping) for edit in edits):
        nodes: Dict[str, int] = {}
        for edit in edits:
            for node in edit:
                nodes.setdefault(node, len(nodes))
        request.kept_nodes.extend(nodes)
        for edit in edits:
            row = [-1] * len(nodes)
            for node, count in edit.items():
                row[nodes[node]] = int(count)
            request.edits.add(kept=row)
    else:
        request.edits.extend(as_edit(edit) for edit in edits)
    return request


def read_edits(response: edits_pb2.EvaluateEditsResponse,
               on_error: str) -> List[Union[answers.Totals, errors.PicostError]]:
    results: List[Union[answers.Totals, errors.PicostError]] = []
    for result in response.results:
        if result.HasField("error"):
            error = errors.from_status(result.error)
            if on_error == "raise":
                raise error
            results.append(error)
        else:
            results.append(answers.Totals(result.totals))
    return results


def read_result(result: edits_pb2.EstimateResult,
                on_error: str) -> Union[answers.Estimate, errors.PicostError]:
    if result.HasField("error"):
        error = errors.from_status(result.error)
        if on_error == "raise":
            raise error
        return error
    return answers.Estimate(result.estimate)


def table_request(base: Dict[str, Any], levels: int, degrees: Iterable[int],
                  widths: Iterable[float]) -> edits_pb2.ExportCostTableRequest:
    return edits_pb2.ExportCostTableRequest(
        levels=levels, width_shares=widths,
        polynomials=[edits_pb2.ReplaceActivation(degree=d) for d in degrees], **base)


def budget_request(base: Dict[str, Any], importance: Optional[Mapping[str, Any]], levels: int,
                   frontier_points: int, budget: Mapping[str, float]) -> edits_pb2.SolveBudgetRequest:
    if len(budget) != 1:
        raise TypeError("give exactly one budget, such as total_seconds=2.0")
    request = edits_pb2.SolveBudgetRequest(levels=levels, frontier_points=frontier_points,
                                           budget=edits_pb2.SearchBudget(**budget), **base)
    for node, worth in (importance or {}).items():
        layer = request.layers.add(node=node)
        if isinstance(worth, Mapping):
            for choice, value in worth.items():
                if isinstance(choice, Degree):
                    layer.polynomials.add(degree=choice.degree, scheme=choice.scheme,
                                          importance=value)
            for kept, value in sorted((k, v) for k, v in worth.items() if not isinstance(k, Degree)):
                layer.curve.add(kept_elements=kept, importance=value)
        else:
            layer.element_importance = worth
    return request


def view(layers: bool) -> "question_pb2.EstimateView.ValueType":
    return question_pb2.ESTIMATE_VIEW_LAYERS if layers else question_pb2.ESTIMATE_VIEW_TOTALS


__all__ = [
    "BATCH_ESTIMATES", "CostTable", "DeploymentLike", "ModelLike", "ProtocolLike", "answers", "budget_request",
    "counting_choice", "edits_request", "graph_source", "is_large", "key_of", "key_of_edit", "key_of_question", "models_pb2", "network",
    "oracle_pb2", "question", "question_pb2", "read_edits", "read_result", "rewrite_names", "table_request", "view"
]
