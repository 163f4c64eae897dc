from torch import nn


class LinearRegression(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(in_features, out_features))
        nn.init.zeros_(self.net[0].bias)

    def forward(self, x):
        return self.net(x)
