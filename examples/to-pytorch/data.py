"""Batches for train.py: views and negatives of a folder of images, or inputs that were made before."""

import os

import torch
from PIL import Image, ImageOps
from torch.utils.data import DataLoader, Dataset, DistributedSampler
from torchvision import transforms as t

from checkpoint import read_safetensors
from moco import patch_negative

# Those of which the command `textures` makes textures.
EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif")


class Batches:
    """[query, key, *negatives], args.steps times; each process has its own part.

    `place` says which comes next: `batch`es of `batch_size` images are behind it in this `epoch`.
    """

    def __init__(self, args, rank, world, place):
        self.args, self.rank, self.world = args, rank, world
        self.inputs = read_safetensors(args.inputs)[1]["inputs"][: args.steps] if args.inputs else None
        self.size = args.batch_size * world if self.inputs is None else self.inputs.shape[2]
        self.epoch, self.batch = place["epoch"], place["batch"] * (place["batch_size"] or self.size) // self.size

    def __iter__(self):
        return self.drawn() if self.inputs is None else self.fixed()

    def fixed(self):
        for inputs in self.inputs:
            part = self.size // self.world
            yield list(inputs[:, self.rank * part : (self.rank + 1) * part])
            self.batch += 1

    def drawn(self):
        args, images = self.args, Images(self.args)
        sampler = DistributedSampler(images, self.world, self.rank, seed=args.seed, drop_last=True)
        batches = len(sampler) // args.batch_size
        if batches == 0:
            least = args.batch_size * self.world
            raise SystemExit(f"Expected at least {least} images in {args.images}, received {len(images)}.")
        left = args.steps
        while True:
            if self.batch >= batches:
                self.epoch, self.batch = self.epoch + 1, 0
            if left == 0:
                return
            sampler.set_epoch(self.epoch)
            indices = list(sampler)[self.batch * args.batch_size :]
            torch.manual_seed(hash((args.seed, self.epoch, self.batch, self.rank)) % 2**63)
            loader = DataLoader(images, args.batch_size, sampler=indices, num_workers=args.workers, drop_last=True)
            for inputs in loader:
                if left == 0:
                    break
                yield inputs
                self.batch, left = self.batch + 1, left - 1


class Images(Dataset):
    """Two views of an image by MoCo v2's augmentation, and a negative: a view of its texture, or patches of the query."""

    def __init__(self, args):
        self.images, self.names = args.images, sorted(list_images(args.images))
        self.textures, self.texture_of = args.textures, {}
        if args.textures:
            # The texture of cat/a.jpg is cat/a.jpg.png, .jpeg or .webp.
            self.texture_of = {os.path.splitext(name)[0]: name for name in list_images(args.textures)}
            missing = [name for name in self.names if name not in self.texture_of]
            if missing:
                some = ", ".join(missing[:3])
                raise SystemExit(f"Expected textures of all images in {args.textures}, received none of {len(missing)}: {some}.")
        self.view = t.Compose(
            [
                t.RandomResizedCrop(args.size, scale=(0.2, 1.0)),
                t.RandomApply([t.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
                t.RandomGrayscale(0.2),
                t.RandomApply([t.GaussianBlur(23, (0.1, 2.0))], p=0.5),
                t.RandomHorizontalFlip(),
                t.ToTensor(),
                t.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            ]
        )

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        name = self.names[index]
        image = read_image(os.path.join(self.images, name))
        state = torch.get_rng_state()
        query = self.view(image)
        if not self.textures:
            return query, self.view(image), patch_negative(query)
        texture = read_image(os.path.join(self.textures, self.texture_of[name])).resize(image.size, Image.BILINEAR)
        # With the crop and the colors of the query.
        torch.set_rng_state(state)
        negative = self.view(texture)
        return query, self.view(image), negative


def list_images(root):
    """Yields the paths below a folder, without hidden files and folders."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.lower().endswith(EXTENSIONS) and not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), root)


def read_image(path):
    """Reads an image upright, and on white where it is transparent, as imageFolder does."""
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), layers).convert("RGB")
