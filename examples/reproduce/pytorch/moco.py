"""The same training in PyTorch, from nothing of ours: does the whole pipeline reach the same accuracy?

    OMP_NUM_THREADS=1 python moco.py --images DIR [--alpha 2] [--seed 1] [--out FILE]

DIR holds train/ and test/ with class folders of CIFAR-10. Without --alpha it is MoCo v2, with it + patch negatives.
Every setting is that of ../cifar10/config.ts. One thread: on batches this small, more of them only wait for each other.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torchvision import transforms

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 16, 128, 0.12, 1e-4
KEY_MOMENTUM, QUEUE, TEMPERATURE = 0.99, 4096, 0.2
FILTERS, WIDTH, IMAGES_PER_CLASS = [24, 48, 96, 192], 128, 1000
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

augment = transforms.Compose([
    transforms.RandomResizedCrop(32, scale=(0.2, 1.0)),
    transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
    transforms.RandomGrayscale(p=0.2),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize(MEAN, STD),
])
plain = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])


def read_images(folder, per_class=None):
    """The images of class folders, the first of each by name, and their labels."""
    images, labels = [], []
    for label, directory in enumerate(sorted(path for path in folder.iterdir() if path.is_dir())):
        for path in sorted(directory.iterdir())[:per_class]:
            images.append(Image.open(path).convert('RGB').copy())
            labels.append(label)
    return images, torch.tensor(labels)


def make_encoder():
    """Stride-2 convolutions with batch normalization, pooled; and MoCo v2's head."""
    layers, channels = [], 3
    for width in FILTERS:
        convolution = nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False)
        nn.init.kaiming_normal_(convolution.weight, mode='fan_out', nonlinearity='relu')
        layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
        channels = width
    backbone = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    head = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, WIDTH))
    for linear in (head[0], head[2]):
        bound = 1 / math.sqrt(linear.in_features)
        nn.init.uniform_(linear.weight, -bound, bound)
        nn.init.uniform_(linear.bias, -bound, bound)
    return nn.Sequential(backbone, head)


def resample_patches(images):
    """Patch negatives: a grid of cells, each an independent crop of its image, the size drawn image by image."""
    side = images.shape[-1]
    least, greatest = round(side * 16 / 224), round(side * 72 / 224)
    negatives = np.empty(images.shape, np.float32)
    for image, negative in zip(images.numpy(), negatives):
        size = np.random.randint(least, greatest + 1)
        cells = math.ceil(side / size)
        canvas = np.empty((3, cells * size, cells * size), np.float32)
        offsets = np.random.randint(0, side - size + 1, (cells, cells, 2))
        for row in range(cells):
            for column in range(cells):
                top, left = offsets[row, column]
                cell = image[:, top:top + size, left:left + size]
                canvas[:, row * size:(row + 1) * size, column * size:(column + 1) * size] = cell
        negative[:] = canvas[:, :side, :side]
    return torch.from_numpy(negatives)


class Training:
    """MoCo v2's encoders, queue and optimizer; with an alpha, + patch negatives."""

    def __init__(self, alpha, queue_size, weight_decay):
        self.alpha = alpha
        self.query_encoder, self.key_encoder = make_encoder(), make_encoder()
        self.key_encoder.load_state_dict(self.query_encoder.state_dict())
        self.queue, self.pointer = F.normalize(torch.randn(queue_size, WIDTH), dim=1), 0
        # Each step sets the rate.
        self.optimizer = torch.optim.SGD(self.query_encoder.parameters(), 0, momentum=0.9, weight_decay=weight_decay)

    def step(self, query, key, rate):
        """Returns the loss, and the similarities to the key, the queue and the negative."""
        for group in self.optimizer.param_groups:
            group['lr'] = rate
        q = F.normalize(self.query_encoder(query), dim=1)
        with torch.no_grad():
            for k_weight, q_weight in zip(self.key_encoder.parameters(), self.query_encoder.parameters()):
                k_weight.mul_(KEY_MOMENTUM).add_(q_weight, alpha=1 - KEY_MOMENTUM)
            k = F.normalize(self.key_encoder(key), dim=1)
            t = F.normalize(self.key_encoder(resample_patches(query)), dim=1) if self.alpha else None
        to_key, to_queue = (q * k).sum(1, keepdim=True), q @ self.queue.T
        to_negative = [(q * t).sum(1, keepdim=True)] if self.alpha else []
        logits = torch.cat([to_key, to_queue, *(self.alpha * x for x in to_negative)], 1) / TEMPERATURE
        loss = F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        size = len(self.queue)
        self.queue[torch.arange(self.pointer, self.pointer + len(k)) % size] = k
        self.pointer = (self.pointer + len(k)) % size
        return loss.item(), [x.mean().item() for x in (to_key, to_queue, *to_negative)]


def train(images, alpha):
    training = Training(alpha, QUEUE, WEIGHT_DECAY)
    for epoch in range(EPOCHS):
        rate = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * epoch / EPOCHS))
        order, losses, similarities = np.random.permutation(len(images)), [], []
        for start in range(0, len(images) - BATCH + 1, BATCH):
            batch = [images[i] for i in order[start:start + BATCH]]
            query = torch.stack([augment(image) for image in batch])
            key = torch.stack([augment(image) for image in batch])
            loss, similarity = training.step(query, key, rate)
            losses.append(loss)
            similarities.append(similarity)
        print(f'epoch {epoch + 1} of {EPOCHS}, loss {np.mean(losses):.3f}', flush=True)
    # Those of the last epoch.
    names = ['key', 'queue', 'negative']
    return training.query_encoder[0], dict(zip(names, np.mean(similarities, axis=0).tolist()))


@torch.no_grad()
def extract(backbone, images):
    backbone.eval()
    batches = [images[i:i + 250] for i in range(0, len(images), 250)]
    return torch.cat([backbone(torch.stack([plain(image) for image in batch])) for batch in batches])


def knn(queries, truth, bank, labels, k=200, temperature=0.1):
    similarity = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).T
    values, nearest = similarity.topk(k, dim=1)
    votes = torch.zeros(len(queries), 10).scatter_add_(1, labels[nearest], (values / temperature).exp())
    return (votes.argmax(1) == truth).float().mean().item()


def linear(queries, truth, bank, labels, rate=0.1, epochs=30, batch=256):
    classifier = nn.Linear(bank.shape[1], 10)
    optimizer = torch.optim.SGD(classifier.parameters(), rate, momentum=0.9)
    for epoch in range(epochs):
        optimizer.param_groups[0]['lr'] = rate * 0.5 * (1 + math.cos(math.pi * epoch / epochs))
        for rows in torch.randperm(len(bank)).split(batch):
            optimizer.zero_grad()
            F.cross_entropy(classifier(bank[rows]), labels[rows]).backward()
            optimizer.step()
    return (classifier(queries).argmax(1) == truth).float().mean().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--images', type=Path, required=True)
    parser.add_argument('--alpha', type=float, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--out', type=Path)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    started = time.time()
    images, labels = read_images(args.images / 'train', IMAGES_PER_CLASS)
    test_images, test_labels = read_images(args.images / 'test')
    backbone, similarity = train(images, args.alpha)
    bank, queries = extract(backbone, images), extract(backbone, test_images)
    result = {
        'torch': torch.__version__,
        'alpha': args.alpha,
        'seed': args.seed,
        'knn': knn(queries, test_labels, bank, labels),
        'linear': linear(queries, test_labels, bank, labels),
        'similarity': similarity,
        'seconds': time.time() - started,
    }
    print(json.dumps(result))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(result) + '\n')


if __name__ == '__main__':
    main()
