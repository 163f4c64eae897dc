import torch


def synthetic_data(w, b, num_examples):
    features = w.new_empty(num_examples, w.size(0)).normal_()
    labels = torch.empty(num_examples, 1, dtype=w.dtype, device=w.device)
    labels.normal_(mean=0.0, std=0.01)
    labels += torch.einsum("nd,d->n", features, w)[:, None]
    labels += b
    return features, labels
