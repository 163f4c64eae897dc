class Walker:
    def __init__(self, w, lr):
        self.w, self.lr = w, lr

    def see(self, x, y):
        self.w -= self.lr * gradient(x, y, self.w)


def gradient(x, y, w):
    return 2 * (w * x - y) * x


def descend(xs, ys, w, lr, epochs):
    walker, path = Walker(w, lr), ()
    for _ in range(epochs):
        for sample in zip(xs, ys):
            walker.see(*sample)
        path += (walker.w,)
    return path
