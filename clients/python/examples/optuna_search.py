"""Many ReLUs against little latency: a multi-objective study with a constraint."""
import optuna
import picost


def main(trials=20, seconds=20.0):
    with picost.local() as oracle:
        question = dict(protocol="delphi", deployment="lan")
        base = oracle.register("data/models/resnet18_cifar.onnx")
        relus = [l.node for l in oracle.estimate(base, **question).layers if l.kind == "relu"]

        def objective(trial):
            kept = {node: trial.suggest_int(node, 1, 8192) for node in relus}
            totals = oracle.evaluate_edits(base, [kept], **question)[0]
            trial.set_user_attr("over", totals.online.seconds - seconds)
            return totals.relu_elements, totals.online.seconds

        sampler = optuna.samplers.NSGAIISampler(
            seed=1, constraints_func=lambda trial: (trial.user_attrs["over"],))
        study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
        study.optimize(objective, n_trials=trials)
        return study


if __name__ == "__main__":
    for best in main().best_trials:
        print(best.values)
