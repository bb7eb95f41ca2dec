"""Makes the study "demo": an edit search on a sample model, every trial estimated by the daemon.

    demo_study --server=HOST:PORT [--model=FILE]

The second axis of a study is the caller's. Nothing is trained here, so the demo has no
accuracy and does not pretend to: it shows `importance_kept`, the share of the layers'
importance that the kept ReLUs have under a stated rule. Running it again changes nothing.
"""
import argparse
import random
import sys

import picost

STUDY = "demo"
WHERE = dict(protocol="cheetah", deployment="wan")
GENERATIONS = 12
SIZE = 25
SEED = 20


def importance(shares, layers):
    """Layers of equal worth; in each the first ReLUs matter more than the last: sqrt(share)."""
    return sum(shares[node]**0.5 for node in layers) / len(layers)


def counts(shares, layers):
    return {node: int(shares[node] * most) for node, most in layers.items()}


def mutate(shares, dice):
    child = dict(shares)
    for node in dice.sample(sorted(child), dice.randint(1, 4)):
        child[node] = min(1.0, max(0.0, child[node] * dice.choice((0.0, 0.5, 0.8, 1.3)) + dice.choice((0.0, 0.0, 0.1))))
    return child


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--model", default="data/models/resnet18_cifar.onnx")
    options = parser.parse_args()
    dice = random.Random(SEED)
    with picost.Client(options.server) as client:
        model = client.register(options.model)
        whole = client.estimate(model, **WHERE)
        layers = {l.node: l.counts.relu_elements for l in whole.message.layers if l.counts.relu_elements}
        # Between a network without ReLUs, which is linear, and the whole one.
        linear, = client.evaluate_edits(model, [{node: 0 for node in layers}], **WHERE)
        budget = linear.online.seconds + 0.6 * (whole.online.seconds - linear.online.seconds)
        client.create_study(
            STUDY, display_name="Demo: importance kept, not accuracy, of an edit search on ResNet-18 (CIFAR)",
            objectives={"importance_kept": "maximize", "online_seconds": "minimize"},
            models=[model], deployments=[WHERE["deployment"]], online_seconds=round(budget, 1))
        known = {}  # shares by number of the trial
        parents = []
        for generation in range(GENERATIONS):
            for i in range(SIZE):
                if not parents:
                    parent, shares = None, {node: dice.random() if i else 1.0 for node in layers}
                else:
                    parent = dice.choice(parents)
                    shares = mutate(known[parent], dice)
                trial = client.log_trial(
                    STUDY, model, counts(shares, layers), parent=parent, tags=["generation-%02d" % generation],
                    importance_kept=importance(shares, layers), request_id="demo-%d-%d" % (generation, i), **WHERE)
                known[int(trial.name.rsplit("/", 1)[1])] = shares
            front = client.pareto_front(STUDY)
            parents = [n for n in (int(p.trial.rsplit("/", 1)[1]) for p in front.points) if n in known]
    print("studies/%s: %d trials, %d on the front, hypervolume %.2f" %
          (STUDY, front.trial_count, len(front.points), front.hypervolume))


if __name__ == "__main__":
    sys.exit(main())
