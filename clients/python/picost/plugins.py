"""Search libraries on the oracle. Nothing is imported but what is used.

`cost` is a picost.Objective; `value` scores a candidate {node: ReLUs kept}, more is better:
an accuracy, or (the default) the number of ReLUs. README.md has ten lines for each library.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from picost.client import Client
from picost.objective import Objective, Value, relus


class OptunaTask:
    """A multi-objective task with constraints: the value up, every metric of `cost` down.

        study = optuna.create_study(directions=task.directions, sampler=...(constraints_func=task.excess))
        study.optimize(task, n_trials=100)
    """

    def __init__(self, cost: Objective, value: Value = relus) -> None:
        self.cost = cost
        self.value = value
        self.directions = ["maximize"] + ["minimize"] * len(cost.metrics)

    def __call__(self, trial: Any) -> Tuple[float, ...]:
        kept = {node: trial.suggest_int(node, 0, most) for node, most in self.cost.layers.items()}
        trial.set_user_attr("excess", self.cost.excess(kept))
        return (self.value(kept), *self.cost(kept).values())

    def excess(self, trial: Any) -> List[float]:
        """For the sampler's constraints_func: 0 and less is feasible."""
        return trial.user_attrs["excess"]


def ax_parameters(cost: Objective) -> List[Dict[str, Any]]:
    """For AxClient.create_experiment(parameters=...)."""
    return [{"name": node, "type": "range", "bounds": [0, most], "value_type": "int"}
            for node, most in cost.layers.items()]


def ax_evaluate(cost: Objective, value: Value = relus
                ) -> Callable[[Mapping[str, Any]], Dict[str, Tuple[float, float]]]:
    """{metric: (mean, standard error)} of a candidate, with "value" beside the metrics."""
    return lambda candidate: {"value": (value(candidate), 0.0), **cost.with_deviation(candidate)}


def vizier_config(cost: Objective, algorithm: str = "NSGA2") -> Any:
    """The study's configuration for OSS Vizier: "value" up, every metric down."""
    from vizier.service import pyvizier as vz
    problem = vz.ProblemStatement()
    for node, most in cost.layers.items():
        problem.search_space.root.add_int_param(node, 0, most)
    goals = {"value": vz.ObjectiveMetricGoal.MAXIMIZE,
             **{metric: vz.ObjectiveMetricGoal.MINIMIZE for metric in cost.metrics}}
    for name, goal in goals.items():
        problem.metric_information.append(vz.MetricInformation(name=name, goal=goal))
    config = vz.StudyConfig.from_problem(problem)
    config.algorithm = algorithm
    return config


def vizier_evaluate(cost: Objective, suggestion: Any, value: Value = relus) -> Any:
    """Measures a suggestion and completes it."""
    from vizier.service import pyvizier as vz
    kept = {node: int(suggestion.parameters[node]) for node in cost.layers}
    return suggestion.complete(vz.Measurement({"value": value(kept), **cost(kept)}))


def ray_space(cost: Objective) -> Dict[str, Any]:
    """For tune.Tuner(param_space=...)."""
    from ray import tune
    return {node: tune.randint(0, most + 1) for node, most in cost.layers.items()}


def ray_trainable(cost: Objective, value: Value = relus) -> Callable[[Dict[str, Any]], Dict[str, float]]:
    """A trainable; each worker of the cluster has a connection of its own."""
    return lambda config: {"value": value(config), **cost(config)}


def nni_space(cost: Objective) -> Dict[str, Any]:
    """The search space of an NNI experiment."""
    return {node: {"_type": "randint", "_value": [0, most + 1]}
            for node, most in cost.layers.items()}


def nni_trial(cost: Objective, value: Value = relus) -> Dict[str, float]:
    """One trial: takes a candidate from NNI and reports {"default": value, metric: cost}."""
    import nni
    kept = nni.get_next_parameter()
    result = {"default": value(kept), **cost(kept)}
    nni.report_final_result(result)
    return result


class ModuleEvaluator:
    """The cost of a torch module, for searches that make modules. `evaluate(model, budget)` is
    what archai calls (`model.arch` is the module there); a call with the module is what NNI's
    FunctionalEvaluator wants."""

    def __init__(self, client: Client, example: Any, *, protocol: Any, deployment: Any,
                 metric: str = "total_seconds") -> None:
        self._client = client
        self._example = example
        self._question: Dict[str, Any] = {"protocol": protocol, "deployment": deployment}
        self.metric = metric

    def __call__(self, module: Any) -> float:
        return self._client.estimate(module, example=self._example, layers=False,
                                     **self._question).cost(self.metric)

    def evaluate(self, model: Any, budget: Optional[float] = None) -> float:
        del budget  # costs nothing to know in full
        return self(getattr(model, "arch", model))


__all__: Sequence[str] = [
    "ModuleEvaluator", "OptunaTask", "ax_evaluate", "ax_parameters", "nni_space", "nni_trial",
    "ray_space", "ray_trainable", "vizier_config", "vizier_evaluate"
]
