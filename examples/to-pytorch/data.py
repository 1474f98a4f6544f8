"""Views and negatives of a folder of images, or batches that were made before."""

import os

import torch

from checkpoint import read_safetensors
from moco import patch_negative


def batches_of(args, rank, world, first):
    """Yields [query, key, negative], args.steps times; each process has its own part."""
    if args.inputs:
        for inputs in read_safetensors(args.inputs)[1]["inputs"][: args.steps]:
            part = inputs.shape[1] // world
            yield list(inputs[:, rank * part : (rank + 1) * part])
        return
    from torch.utils.data import DataLoader, DistributedSampler

    images = Images(args)
    sampler = DistributedSampler(images, world, rank, shuffle=True, seed=args.seed, drop_last=True)
    loader = DataLoader(images, args.batch_size, sampler=sampler, num_workers=args.workers, drop_last=True)
    if len(loader) == 0:
        raise SystemExit(f"Expected at least {args.batch_size * world} images in {args.images}, received {len(images)}.")
    generator = torch.Generator().manual_seed((args.seed * 1_000_003 + first) * world + rank)
    torch.manual_seed(generator.initial_seed())
    # A continued training does not begin with the batches of the first.
    epoch, left = first // len(loader), args.steps
    while left > 0:
        sampler.set_epoch(epoch)
        for query, key, negative in loader:
            if left == 0:
                return
            yield [query, key, negative if args.textures else patch_negative(query, generator)]
            left -= 1
        epoch += 1


class Images(torch.utils.data.Dataset):
    """Two views by MoCo v2's augmentation, and a view of the image's texture where there are textures."""

    def __init__(self, args):
        from torchvision import transforms as t
        from torchvision.datasets import ImageFolder

        self.folder, self.images, self.textures = ImageFolder(args.images), args.images, args.textures
        jitter = t.RandomApply([t.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8)
        blur = t.RandomApply([t.GaussianBlur(23, (0.1, 2.0))], p=0.5)
        normalize = t.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        crop = t.RandomResizedCrop(args.size, scale=(0.2, 1.0))
        self.view = t.Compose(
            [crop, jitter, t.RandomGrayscale(0.2), blur, t.RandomHorizontalFlip(), t.ToTensor(), normalize]
        )

    def __len__(self):
        return len(self.folder)

    def __getitem__(self, index):
        path, _ = self.folder.samples[index]
        image = self.folder.loader(path)
        negative = torch.empty(0)
        if self.textures:
            name = os.path.relpath(path, self.images)
            negative = self.view(self.folder.loader(os.path.join(self.textures, f"{name}.png")))
        return self.view(image), self.view(image), negative
