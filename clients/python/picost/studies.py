"""Trials of a search, kept by the daemon: `client.log_trial("my-study", model, {"relu1": 500}, ..., accuracy=0.93)`.

The daemon estimates what a trial costs; the caller reports what only it can know.
"""
from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any, Generator, Iterable, List, Mapping, Optional, Sequence, Union

from google.protobuf import json_format

from picost import _requests as r
from picost._memory import Memory
from picost._wire import deployment_pb2, edits_pb2, models_pb2, question_pb2, studies_pb2
from picost.edits import as_edit

Call = Generator[Any, Any, Any]
# {"accuracy": "maximize"}; a tuple also gives the reference of the hypervolume.
Objectives = Mapping[str, Union[str, "tuple[str, float]"]]

_DEFAULT_OBJECTIVES = {"accuracy": "maximize", "online_seconds": "minimize"}


def study_name(study: str) -> str:
    return study if study.startswith("studies/") else "studies/" + study


def _study(objectives: Objectives, budgets: Mapping[str, float], models: Iterable[str],
           deployments: Iterable[str], display_name: str) -> studies_pb2.Study:
    study = studies_pb2.Study(
        display_name=display_name, models=models,
        deployments=[d if d.startswith("deployments/") else "deployments/" + d for d in deployments],
        budgets=[edits_pb2.SearchBudget(**{metric: limit}) for metric, limit in budgets.items()])
    for metric, goal in objectives.items():
        goal, reference = goal if isinstance(goal, tuple) else (goal, None)
        study.objectives.add(metric=metric, reference=reference, goal=studies_pb2.ObjectiveGoal.Value(
            "OBJECTIVE_GOAL_" + goal.upper()))
    return study


def _registered(memory: Memory, model: r.ModelLike) -> Call:
    """The name of the model, which is registered first where it is none."""
    source = r.graph_source(model)
    if source.WhichOneof("source") == "model":
        return source.model
    key = r.key_of(source)
    if key not in memory.models:
        answer = yield "models", "CreateModel", models_pb2.CreateModelRequest(graph=source)
        memory.models[key] = answer.name
    return memory.models[key]


def _request(study: str, model: str, edit: Any, protocol: r.ProtocolLike,
             deployment: r.DeploymentLike, metrics: Mapping[str, float], tags: Sequence[str],
             parent: Union[str, int, None], request_id: str) -> studies_pb2.AddTrialRequest:
    trial = studies_pb2.Trial(
        model=model, operations=as_edit(edit if edit is not None else {}).operations,
        protocol=r.protocol_choice(protocol), deployment=r.deployment_choice(deployment), tags=tags,
        parent_trial="%s/trials/%d" % (study, parent) if isinstance(parent, int) else parent or "")
    for name, value in sorted(metrics.items()):
        trial.metrics.add(metric=name, value=value)
    return studies_pb2.AddTrialRequest(parent=study, trial=trial, request_id=request_id)


def create_study(_: Memory, name: str, study: studies_pb2.Study) -> Call:
    answer = yield "studies", "CreateStudy", studies_pb2.CreateStudyRequest(
        study_id=name.removeprefix("studies/"), study=study)
    return answer


def log_trial(memory: Memory, study: str, model: r.ModelLike, *question: Any) -> Call:
    name = yield from _registered(memory, model)
    answer = yield "studies", "AddTrial", _request(study, name, *question)
    return answer


def pages(_: Memory, study: str, tag: str) -> Call:
    request = studies_pb2.ListTrialsRequest(parent=study, page_size=1000, tag=tag)
    trials: List[studies_pb2.Trial] = []
    while True:
        answer = yield "studies", "ListTrials", request
        trials += answer.trials
        if not answer.next_page_token:
            return trials
        request.page_token = answer.next_page_token


def pareto_front(_: Memory, study: str, feasible_only: bool) -> Call:
    answer = yield "studies", "GetParetoFront", studies_pb2.GetParetoFrontRequest(
        parent=study, feasible_only=feasible_only)
    return answer


def _edit_of(row: Mapping[str, Any]) -> Any:
    if "operations" in row:
        return [json_format.ParseDict(one, edits_pb2.EditOperation()) for one in row["operations"]]
    return {str(node): int(count) for node, count in row.get("kept", {}).items()}


def _choice(value: Any, message: Any) -> Any:
    """A name, or the object that `picost study export` writes."""
    return json_format.ParseDict(value, message) if isinstance(value, dict) else value


def replay(memory: Memory, study: str, path: str, defaults: Mapping[str, Any],
           batch: int) -> Call:
    """Lines are numbered into request ids, so that a replay that was stopped may be repeated."""
    added = 0
    requests: List[studies_pb2.AddTrialRequest] = []

    def send() -> Call:
        yield "studies", "BatchAddTrials", studies_pb2.BatchAddTrialsRequest(
            parent=study, requests=requests)

    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = {**defaults, **json.loads(line)}
                model, edit = row["model"], _edit_of(row)
                question = (edit, _choice(row["protocol"], question_pb2.ProtocolChoice()),
                            _choice(row["deployment"], deployment_pb2.DeploymentChoice()), row.get("metrics", {}),
                            row.get("tags", ()), row.get("parent"),
                            hashlib.sha256(b"%d %s" % (number, line.strip().encode())).hexdigest())
            except (ValueError, KeyError, TypeError, AttributeError, json_format.ParseError) as error:
                raise ValueError('%s:%d: not a trial {"kept": {"node": count}, "metrics": {"accuracy": x}}: '
                                 "%s" % (path, number, error)) from None
            name = yield from _registered(memory, model)
            requests.append(_request(study, name, *question))
            added += 1
            if len(requests) == batch:
                yield from send()
                requests.clear()
    if requests:
        yield from send()
    return added


class StudyCalls:
    """What both clients have of it; the asyncio one awaits each call."""

    def create_study(self, study: str, *, objectives: Objectives = _DEFAULT_OBJECTIVES,
                     models: Iterable[str] = (), deployments: Iterable[str] = (),
                     display_name: str = "", **budgets: float) -> Any:
        """Budgets by metric: online_seconds=2.0, online_bytes=10**9, relu_elements=50000.
        The same call again answers the study that is there."""
        return self._drive(create_study, study, _study(objectives, budgets, models, deployments,
                                                       display_name))

    def log_trial(self, study: str, model: r.ModelLike, edit: Any = None, *,
                  protocol: r.ProtocolLike, deployment: r.DeploymentLike, tags: Sequence[str] = (),
                  parent: Union[str, int, None] = None, request_id: Optional[str] = None,
                  **metrics: float) -> Any:
        """One trial: {node: kept elements} or operations of picost.edits, and what was measured:
        accuracy=0.93. Repeated calls add once where they give a request_id."""
        return self._drive(log_trial, study_name(study), model, edit, protocol, deployment, metrics,
                           tags, parent, request_id or uuid.uuid4().hex)

    def trials(self, study: str, tag: str = "") -> Any:
        """All trials in order; only those with the tag."""
        return self._drive(pages, study_name(study), tag)

    def pareto_front(self, study: str, feasible_only: bool = False) -> Any:
        """Points and hypervolume, as the daemon computes them."""
        return self._drive(pareto_front, study_name(study), feasible_only)

    def replay_jsonl(self, study: str, path: str, *, batch: int = 500, **defaults: Any) -> Any:
        """Adds the trials of a file, one a line: {"kept": {"node": count}, "metrics": {...},
        "tags": [...], "parent": number}. model, protocol and deployment stand in the line or
        are given here. Returns how many lines there were; lines added before stay single."""
        return self._drive(replay, study_name(study), path, defaults, batch)
