from torch import nn


class LogisticRegression(nn.Sequential):
    def __init__(self, in_features=1):
        super().__init__(nn.Linear(in_features, 1), nn.Sigmoid())
