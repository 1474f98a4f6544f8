"""Decodes pictures, makes two views and a patch negative of each, and batches them: a DataLoader with worker processes."""

import os
import random

import torch
from patch_negative import resample
from PIL import Image, ImageFilter
from serve import options, serve
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


def blur(image):
    return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


class Views(Dataset):
    def __init__(self, folder, size):
        self.paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
        is_small = size < 64  # as this package's views: larger crops, no blur
        self.patches = round(size * 16 / 224), round(size * 72 / 224)
        self.view = transforms.Compose([
            transforms.RandomResizedCrop(size, scale=(0.5 if is_small else 0.2, 1.0)),
            transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            transforms.RandomGrayscale(p=0.2),
            transforms.RandomApply([transforms.Lambda(blur)], p=0 if is_small else 0.5),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        image = Image.open(self.paths[index]).convert('RGB')
        query = self.view(image)
        return query, self.view(image), resample(query, *self.patches)


if __name__ == '__main__':
    args = options()
    torch.manual_seed(0)
    dataset = Views(args['images'], args['size'])
    loader = DataLoader(
        dataset, args['batch'], shuffle=True, drop_last=True, num_workers=args['workers'], persistent_workers=True
    )

    def epoch():
        for _ in loader:
            pass

    serve(epoch, 1, images=len(dataset) // args['batch'] * args['batch'])
