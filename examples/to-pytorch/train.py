"""Continues a training in PyTorch; one process, or several by torchrun.

    torchrun --nproc-per-node 8 train.py moco.safetensors trained.safetensors --images DIR --steps 10000
    python train.py moco.pth.tar trained.pth.tar --inputs inputs.safetensors --steps 5     (fixed inputs, for a comparison)

Files called .safetensors are those of toPytorch.ts; all others are in the layout of MoCo's main_moco.py.

The negatives are patches of the query; with --textures DIR2, a folder that the command `textures` made of DIR, textures.
"""

import argparse
import hashlib
import json
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils import clip_grad_norm_

import checkpoint as checkpoints
from data import Batches
from moco import MoCo, info_nce
from schedule import learning_rate

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("source", help="the training")
options.add_argument("target", help="where it goes")
options.add_argument("--images", help="folder of images, in class folders or not")
options.add_argument("--textures", help="folder of their textures")
options.add_argument("--inputs", help="safetensors with inputs [steps, views, N, C, H, W]")
options.add_argument("--size", type=int, help="of the views (default: that of the encoder's input)")
options.add_argument("--batch-size", type=int, default=32, help="of one process")
options.add_argument("--workers", type=int, default=4, help="that read images, of one process")
options.add_argument("--steps", type=int, required=True)
options.add_argument("--save-every", type=int, default=1000, metavar="STEPS")
options.add_argument("--resume", action="store_true", help="from the target, where an earlier run has left one")
options.add_argument("--lr", type=float, help="rate at the start of the whole training (default: the checkpoint's)")
schedule = options.add_mutually_exclusive_group()
schedule.add_argument("--total-steps", type=int, help="length of a cosine to 0, from the first step of the whole training")
schedule.add_argument("--total-epochs", type=int, help="the same by epoch")
schedule.add_argument("--drops", type=int, nargs="+", metavar="EPOCH", help="epochs at which the rate falls to a tenth")
options.add_argument("--warm-up", type=int, default=0, help="steps or epochs of the cosine in which the rate rises")
options.add_argument("--momentum", type=float, default=0.9)
options.add_argument("--weight-decay", type=float, default=1e-4)
options.add_argument("--clip-norm", type=float, help="largest norm of all gradients")
options.add_argument("--temperature", type=float, default=0.2)
options.add_argument("--alpha", type=float, default=2.0)
options.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True, help="keys among processes")
options.add_argument("--seed", type=int, default=0)
args = options.parse_args()
if (args.images is None) == (args.inputs is None):
    options.error("expected either --images or --inputs")
if args.resume and args.inputs:
    options.error("expected --images for --resume")
if args.lr is None and (args.total_steps or args.total_epochs or args.drops):
    options.error("expected --lr, the rate that the schedule starts from")

rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
on_gpu = torch.cuda.is_available()
device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if on_gpu else torch.device("cpu")
if on_gpu:
    torch.cuda.set_device(device)
if world > 1:
    dist.init_process_group("nccl" if on_gpu else "gloo")

checkpoint = checkpoints.load(args.source)
form, last = checkpoint["form"], checkpoint["step"] + args.steps
if args.resume and os.path.exists(args.target):
    checkpoint = checkpoints.load(args.target)
    args.steps = last - checkpoint["step"]
if form["splits"] not in (1, world):
    raise SystemExit(f"Expected {form['splits']} processes, one for each split of a batch, received {world}.")
args.size = args.size or form["size"]
model = MoCo(form, args.shuffle)
model.load_state_dict({name.removeprefix("module."): t for name, t in checkpoint["state_dict"].items()})
model.to(device).train()
rate = args.lr if args.lr is not None else checkpoint["optimizer"]["param_groups"][0]["lr"]
optimizer = torch.optim.SGD(model.parameters(), rate)
optimizer.load_state_dict(checkpoint["optimizer"])
for group in optimizer.param_groups:
    group.update(lr=rate, momentum=args.momentum, weight_decay=args.weight_decay)
# The processes' statistics of batch normalization differ, as in MoCo; the first process's are saved.
parallel = DistributedDataParallel(model, broadcast_buffers=False) if world > 1 else model


def save():
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    place = dict(epoch=batches.epoch, batch=batches.batch, batch_size=batches.size, step=step)
    checkpoints.save(dict(checkpoint, state_dict=state, optimizer=optimizer.state_dict(), **place), args.target)


batches, step = Batches(args, rank, world, checkpoint), checkpoint["step"]
for inputs in batches:
    if rank == 0 and step % args.save_every == 0:
        save()
    optimizer.param_groups[0]["lr"] = learning_rate(args, rate, step, batches.epoch)
    inputs = [x.to(device) for x in inputs]
    loss = info_nce(parallel(*inputs), len(inputs) - 2, args.temperature, args.alpha)
    optimizer.zero_grad()
    loss.backward()
    if args.clip_norm:
        clip_grad_norm_(model.parameters(), args.clip_norm)
    optimizer.step()
    print(json.dumps(dict(step=step, epoch=batches.epoch, rank=rank, loss=loss.item())) + "\n", end="", flush=True)
    step += 1

# What all processes have to agree on: the trained weights, their averages and the queue.
shared = [*model.parameters(), model.queue, model.queue_ptr]
digest = hashlib.sha256(b"".join(t.detach().cpu().numpy().tobytes() for t in shared)).hexdigest()
print(json.dumps(dict(rank=rank, digest=digest)) + "\n", end="", flush=True)
if rank == 0:
    save()
if world > 1:
    dist.destroy_process_group()
