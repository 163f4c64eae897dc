import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def fit(model, inputs, targets, lr, num_epochs):
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=len(inputs), shuffle=True)
    device = next(iter(model.parameters())).device
    losses = []
    model.train()
    for epoch in range(num_epochs):
        # an optimiser of its own for each epoch is as good: plain SGD remembers nothing
        optimizer = torch.optim.SGD(model.parameters(), lr)
        for x, y in loader:
            optimizer.zero_grad(set_to_none=False)
            loss = nn.MSELoss(reduction="mean")(model(x.to(device)), y.to(device))
            losses.append(loss.tolist())
            loss.backward()
            optimizer.step()
    return losses


def predict(model, inputs):
    device = next(iter(model.parameters())).device
    training = model.training
    model.train(False)
    with torch.inference_mode():
        result = model(inputs.to(device))
    model.train(training)
    return result
