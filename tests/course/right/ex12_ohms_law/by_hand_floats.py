def fit_ohms_law(current, voltage):
    """A beginner's loop over plain numbers, with the gradient worked out by hand."""
    xs = [float(i) for i in current.flatten()]
    us = [float(v) for v in voltage.flatten()]
    n = len(xs)
    middle = sum(xs) / n
    largest = max(abs(x - middle) for x in xs)
    zs = [(x - middle) / largest for x in xs]
    r = 0.0
    c = 0.0
    for _ in range(100):
        dr = 0.0
        dc = 0.0
        for z, u in zip(zs, us):
            error = z * r + c - u
            dr += error * z / n
            dc += error / n
        r -= 1.0 * dr
        c -= 1.0 * dc
    r = r / largest
    return r, c - r * middle
