def mse_curve(xs, ys, weights):
    total = 0 * weights
    for x, y in zip(xs, ys):
        total = total + (weights * x - y).pow(2)
    return total / len(ys)
