"""Learns to read scikit-learn's digits, with as many ranks as there are: each has its part of every batch, and all sum their gradients."""
import os
import sys

import torch
import torch.distributed as ranks
from sklearn.datasets import load_digits
from torch import nn

from heddle_job import Progress

STEPS = int(os.environ.get('STEPS', 300))
WIDTH = int(os.environ.get('WIDTH', 1024))
EVERY = int(os.environ.get('CHECKPOINT_EVERY', 20))
FOLDER = os.environ.get('HEDDLE_JOB_CHECKPOINT')
BATCH = 64


def main():
    progress = Progress(steps=STEPS)
    with progress.network():
        ranks.init_process_group('gloo')
    rank, world = ranks.get_rank(), ranks.get_world_size()
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(64, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    begun = restored(model, optimizer, rank, progress)
    progress.step(begun, checkpoint=begun)
    print(f'rank {rank} of {world} goes on after step {begun}', flush=True)
    images, digits = dataset()
    kept = begun
    for step, (batch, answers) in enumerate(progress.data(batches(images, digits, rank, world, begun)), begun + 1):
        loss = nn.functional.cross_entropy(model(batch), answers)
        optimizer.zero_grad()
        loss.backward()
        with progress.network():
            summed(model, world)
        optimizer.step()
        if rank == 0 and FOLDER and step % EVERY == 0:
            keep(model, optimizer, step)
            kept = step
        progress.step(step, loss=loss.item(), checkpoint=kept)
    if rank == 0:
        right = (model(images[-360:]).argmax(1) == digits[-360:]).float().mean().item()
        print(f'reads {right:.1%} of digits that it has not seen', flush=True)
    with progress.network():
        ranks.barrier()
    progress.end()


def dataset():
    digits = load_digits()
    return torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)


def batches(images, digits, rank, world, begun):
    """The last 360 are left out: they are what is asked at the end."""
    for step in range(begun, STEPS):
        chosen = torch.randperm(len(images) - 360, generator=torch.Generator().manual_seed(step))[:BATCH]
        own = chosen[rank::world]
        yield images[own], digits[own]


def summed(model, world):
    """Each layer's gradients go by themselves: with several connections, they go side by side."""
    work = [ranks.all_reduce(one.grad, async_op=True) for one in model.parameters()]
    for one in work:
        one.wait()
    for one in model.parameters():
        one.grad /= world


def keep(model, optimizer, step):
    """Put in place whole, and the one before stays: a disk may be full, and a host may be lost at any time."""
    path = os.path.join(FOLDER, 'checkpoint.pt')
    try:
        torch.save({'step': step, 'model': model.state_dict(), 'optimizer': optimizer.state_dict()}, f'{path}.new')
    except (OSError, RuntimeError) as error:
        sys.exit(f'the checkpoint of step {step} cannot be written to {FOLDER}: {error}')
    if os.path.exists(path):
        os.replace(path, f'{path}.before')
    os.replace(f'{path}.new', path)


def restored(model, optimizer, rank, progress):
    """The first rank has the checkpoint, whichever host it is on, and tells the others. Returns its step."""
    found = [latest() if rank == 0 and FOLDER else None]
    with progress.network():
        ranks.broadcast_object_list(found, src=0)
    if found[0] is None:
        return 0
    model.load_state_dict(found[0]['model'])
    optimizer.load_state_dict(found[0]['optimizer'])
    return found[0]['step']


def latest():
    for name in ('checkpoint.pt', 'checkpoint.pt.before'):
        path = os.path.join(FOLDER, name)
        if not os.path.exists(path):
            continue
        try:
            return torch.load(path)
        except Exception as error:  # torch raises whatever the damage makes it raise
            print(f'{path} is damaged, the one before it is tried: {error}', flush=True)
    return None


main()
