from torch import nn


class LinearRegression(nn.Linear):
    def __init__(self, in_features=1, out_features=1):
        super().__init__(in_features, out_features)
