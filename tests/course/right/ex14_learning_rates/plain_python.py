from math import inf


def loss_history(lr, inputs, targets, num_epochs):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    n, w, b = len(x), 0.0, 0.0
    history = []
    for _ in range(num_epochs):
        errors = [w * p + b - q for p, q in zip(x, y)]
        history.append(sum(e * e for e in errors) / n)
        dw = 2 * sum(e * p for e, p in zip(errors, x)) / n
        db = 2 * sum(errors) / n
        w -= lr * dw
        b -= lr * db
    return history


def judge(losses):
    match losses:
        case [*_, last] if not -inf < last < inf or last > losses[0]:
            return "diverged"
        case [*_, before, last] if last == before or abs(last - before) * 1000 < before:
            return "converged"
    return "slow"
