import torch


def fit(model, hours, passed, lr, num_epochs):
    criterion = torch.nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(num_epochs):
        y_pred = model(hours)
        loss = criterion(y_pred, passed)
        print(epoch, loss.item())
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


def decision_boundary(model):
    w, b = list(model.parameters())
    return float(-b / w)
