"""CryptoNAS: networks for a ReLU budget (Ghodsi et al., NeurIPS 2020).

Three stages, each of half the height and width of the one before. Balancing says how
channels grow from stage to stage under a budget: by 4, so that each stage has the same
ReLUs ("relu", as published), by 2, the same FLOPs ("flop"), or not at all ("channel").
Skip connections carry no ReLU of their own (pruned), and the ReLU behind a sum moves in front of
it (shuffled): that costs none and leaves the sum linear. Where skips go is searched apart from
the widths, by a controller with shared weights (ENAS, Pham et al., ICML 2018).

published: ReLU balancing under a ReLU budget, depth by short training; the controller's reward is accuracy. "flop" and
           "channel" are the paper's comparisons, under the same budget.
oracle:    depth, growth and width under a latency, from the same space; the controller's reward is
           accuracy x (budget / latency)^w. The latency is that of what the published objective
           finds with the ReLU budget, so that both may spend the same time.
"""
from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import picost
import torch
from torch import nn

from searches import digits, training
from searches.context import Context
from searches.networks import Activation, convolution
from searches.pricing import GARBLED, Pricer, Setting

SETTINGS = GARBLED
BALANCES = {"relu": 4, "flop": 2, "channel": 1}
DEPTH = {"resnet": 3, "plain": 2}  # most convolutions per stage
# Of the ReLUs of a space's deepest network at WIDEST.
BUDGETS = {"large": 0.6, "medium": 0.3, "small": 0.12}
WIDEST = 24  # channels of the first stage
MOST_CHANNELS = 96


class Core(NamedTuple):
    """channels: by stage; depth: convolutions in each; skips: pairs of layers."""
    channels: Sequence[int]
    depth: int
    skips: Sequence[Sequence[int]] = ()

    @property
    def relus(self) -> int:
        height, width = digits.SHAPE[1:]
        return sum(c * self.depth * (height >> s) * (width >> s) for s, c in enumerate(self.channels))


def edges(depth: int, stages: int = 3) -> List[List[int]]:
    """Where a skip may go: from a layer's result to a later sum of the same stage."""
    return [[stage * depth + i, stage * depth + j] for stage in range(stages)
            for i, j in itertools.combinations(range(depth), 2)]


class CoreNetwork(nn.Module):
    """original: ReLUs on the skips and behind the sums, before shuffling and pruning."""

    def __init__(self, core: Core, original: bool = False) -> None:
        super().__init__()
        self.skips = [tuple(skip) for skip in core.skips]
        self.original = original
        self.layers, self.relus, self.skip_relus = nn.ModuleList(), nn.ModuleList(), nn.ModuleDict()
        inputs = digits.SHAPE[0]
        for stage, channels in enumerate(core.channels):
            for i in range(core.depth):
                self.layers.append(convolution(inputs, channels, 2 if stage and not i else 1))
                self.relus.append(Activation())
                inputs = channels
        if original:
            for i, j in self.skips:
                self.skip_relus["%d-%d" % (i, j)] = Activation()
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                  nn.Linear(inputs, digits.CLASSES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        results: List[torch.Tensor] = []
        for j, (layer, relu) in enumerate(zip(self.layers, self.relus)):
            x = layer(x)
            if not self.original:
                x = relu(x)
            for i, to in self.skips:
                if to == j:
                    skip = results[i]
                    x = x + (self.skip_relus["%d-%d" % (i, j)](skip) if self.original else skip)
            if self.original:
                x = relu(x)
            results.append(x)
        return self.head(x)


class Controller(nn.Module):
    """An LSTM that says yes or no to one edge after the other."""

    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(2, hidden)
        self.out = nn.Linear(hidden, 1)

    def sample(self, count: int, greedy: bool = False) -> Any:
        """Decisions and the log of their probability."""
        state = None
        last, decisions, log = torch.zeros(1, 2), [], torch.zeros(())
        for _ in range(count):
            state = self.cell(last, state)
            probability = self.out(state[0]).sigmoid().squeeze()
            yes = bool(probability > 0.5) if greedy else bool(torch.rand(()) < probability.detach())
            log = log + (probability if yes else 1 - probability).clamp_min(1e-6).log()
            decisions.append(yes)
            last = torch.tensor([[float(yes), float(not yes)]])
        return decisions, log


def scaled(width: int, growth: int, depth: int) -> Core:
    return Core([min(width * growth**stage, MOST_CHANNELS) for stage in range(3)], depth)


def within_relus(relus: int, growth: int, depth: int) -> List[Core]:
    """For each depth the widest core of this growth."""
    cores = []
    for layers in range(1, depth + 1):
        fitting = [core for core in (scaled(width, growth, layers) for width in range(1, 2 * WIDEST + 1))
                   if core.relus <= relus]
        cores += fitting[-1:]
    return cores


def search_skips(core: Core, context: Context, price: Any) -> Core:
    """Macro-search: one network with every skip, whose weights all samples share, and a
    controller that is paid by `price`(accuracy, core)."""
    places = edges(core.depth)
    if not places:
        return core
    shared = CoreNetwork(core._replace(skips=places))
    controller = Controller()
    optimizer = torch.optim.Adam(controller.parameters(), 0.02)

    def draw() -> None:
        with torch.no_grad():
            decisions, _ = controller.sample(len(places))
        shared.skips = [tuple(p) for p, yes in zip(places, decisions) if yes]

    training.fit(shared, context.data, context.epochs(4), each_step=draw)
    baseline: Optional[float] = None
    for _ in range(max(2, context.epochs(24))):
        decisions, log = controller.sample(len(places))
        skips = [p for p, yes in zip(places, decisions) if yes]
        shared.skips = [tuple(p) for p in skips]
        reward = price(training.accuracy(shared, context.data.search), core._replace(skips=skips))
        baseline = reward if baseline is None else 0.8 * baseline + 0.2 * reward
        optimizer.zero_grad()
        (-(reward - baseline) * log).backward()
        optimizer.step()
    decisions, _ = controller.sample(len(places), greedy=True)
    return core._replace(skips=[p for p, yes in zip(places, decisions) if yes])


def seconds_of(context: Context, setting: Setting, core: Core) -> float:
    key = (setting, tuple(core.channels), core.depth, str(core.skips))
    if key not in context.found:
        context.found[key] = Pricer(context.oracle, CoreNetwork(core), setting).base.seconds
    return context.found[key]


def within_latency(context: Context, setting: Setting, budget: float, depth: int) -> List[Core]:
    """For each depth and growth the widest core within the seconds."""
    cores = []
    for layers, growth in itertools.product(range(1, depth + 1), BALANCES.values()):
        low, high = 0, 2 * WIDEST
        while low < high:
            width = (low + high + 1) // 2
            if seconds_of(context, setting, scaled(width, growth, layers)) <= budget:
                low = width
            else:
                high = width - 1
        if low:
            cores.append(scaled(low, growth, layers))
    return cores


def best_of(cores: List[Core], context: Context, seed: int) -> Core:
    """By accuracy on the search part after a short training; the first of equals."""
    key = (tuple((tuple(core.channels), core.depth) for core in cores), seed)
    if key not in context.found:
        scores = []
        for core in cores:
            training.begin(seed)
            network = training.fit(CoreNetwork(core), context.data, context.epochs(2))
            scores.append(training.accuracy(network, context.data.search))
        context.found[key] = cores[max(range(len(cores)), key=lambda i: scores[i])]
    return context.found[key]


def run(context: Context, network: str, objective: str, setting: Optional[Setting], budget: str,
        seed: int) -> Dict[str, Any]:
    """network: "resnet" and "plain" name the depth of the space; objective: a balance under
    ReLUs ("published" is "relu"), or "oracle"."""
    depth = DEPTH[network]
    relus = int(BUDGETS[budget] * Core([WIDEST] * 3, depth).relus)
    growth = BALANCES.get(objective, BALANCES["relu"])
    core = best_of(within_relus(relus, growth, depth), context, seed)

    def price(accuracy: float, core: Core) -> float:
        del core
        return accuracy

    if objective == "oracle":
        most = seconds_of(context, setting, core)
        core = best_of(within_latency(context, setting, most, depth), context, seed)

        def price(accuracy: float, core: Core) -> float:  # noqa: F811
            return picost.reward(accuracy, most, seconds_of(context, setting, core))

    training.begin(seed)
    core = search_skips(core, context, price)
    training.begin(seed)
    final = training.fit(CoreNetwork(core), context.data, context.epochs(14))
    return {"accuracy": training.accuracy(final, context.data.test), "channels": core.channels,
            "depth": core.depth, "skips": core.skips,
            "relus_before_pruning": core.relus + sum(
                core.channels[j // core.depth] * (digits.SHAPE[1] >> j // core.depth)**2
                for _, j in core.skips)}


def variant(result: Dict[str, Any]) -> Tuple[nn.Module, Callable[[Sequence[str]], Any]]:
    """The network of a result; nothing of it is edited."""
    return CoreNetwork(Core(result["channels"], result["depth"], result["skips"])), lambda nodes: {}
