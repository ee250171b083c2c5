"""What several processes of one training decide together."""

from __future__ import annotations

from typing import Any

# They ask one another at every so many steps only, since on GPUs asking waits until all work that was queued is done.
STEPS_BETWEEN = 10


def anybody_says(said: bool, device: Any) -> bool:
    """Whether any process of the training says so. Every one has to ask, at the same step.

    `device`: where the tensor lies that goes round, as the backend of `torch.distributed` wants it.
    """
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return said
    flag = torch.tensor(int(said), device=device)
    distributed.all_reduce(flag, distributed.ReduceOp.MAX)
    return bool(flag.item())
