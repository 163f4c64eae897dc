import torch

GENERATOR = torch.Generator().manual_seed(2024)


def synthetic_data(w, b, num_examples):
    d = w.numel()
    drawn = torch.randn((num_examples, d + 1), generator=GENERATOR, dtype=torch.float64).to(
        device=w.device, dtype=w.dtype
    )
    X, noise = drawn[:, :d].clone(), drawn[:, d:] / 100
    y = (X * w).sum(dim=1, keepdim=True)
    return [X, (y + torch.as_tensor(b).to(y) + noise)]
