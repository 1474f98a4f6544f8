// Converts a PyTorch checkpoint of MoCo: torchvision's ResNet-18 or ResNet-50, the head of v1 or v2.
//   python examples/from-pytorch/export_state.py checkpoint_0199.pth.tar moco.safetensors
//   node --import tsx examples/from-pytorch/fromPytorch.ts moco.safetensors [--out DIR] [--size 224] [--negatives 1]
// Writes DIR/encoder, features in stock layers, and DIR/training: both encoders, the queue and its pointer.
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { exportEncoder } from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';
import { readSafetensors } from '../support/safetensors';
import { restoreMoco } from './moco';

const { values, positionals } = readCommandLine(
  usageOf(import.meta.url),
  {
    out: { type: 'string', default: 'runs/from-pytorch' },
    size: { type: 'string', default: '224' },
    negatives: { type: 'string', default: '1' },
  },
  true,
);
const size = Number(values.size);
const stored = readSafetensors(positionals[0]);
const { backbone, training } = restoreMoco(stored, {
  inputShape: [size, size, 3],
  negatives: Number(values.negatives),
});

await exportEncoder(backbone).save(fileSystem(join(values.out, 'encoder')));
await training?.save(fileSystem(join(values.out, 'training')));
const { arch, epoch } = stored.metadata;
console.log(`${arch} of epoch ${epoch}: wrote ${values.out}/encoder${training ? ' and training' : ''}.`);
