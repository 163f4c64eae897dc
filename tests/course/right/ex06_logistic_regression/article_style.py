import torch
import torch.nn.functional as F


class LogisticRegression(torch.nn.Module):
    def __init__(self, in_features=1):
        super(LogisticRegression, self).__init__()
        self.linear = torch.nn.Linear(in_features, 1)

    def forward(self, x):
        y_pred = F.sigmoid(self.linear(x))
        return y_pred
