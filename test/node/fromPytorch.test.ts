import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { restoreMoco } from '../../examples/from-pytorch/moco';
import { StateDict } from '../../examples/from-pytorch/stateDict';
import { readSafetensors } from '../../examples/support/safetensors';
import { folderOf, temporaryFolder } from './support/temporaryFolder';

const root = join(__dirname, '../..');
const example = join(root, 'examples/from-pytorch');

/** Runs a program in a folder; for TypeScript with tsx. */
function run(program: string, args: string[], cwd = root): string {
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(status === 0 ? '' : stderr).toBe('');
  return stdout;
}
const tsx = ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href];
const compare = (...args: string[]) =>
  JSON.parse(run(process.execPath, [...tsx, join(root, 'test/node/support/compareWithPytorch.ts'), ...args]));

test("a checkpoint gives PyTorch's features and similarities, or an error names what does not fit", () => {
  const { results, queryOnly, wrongArchitecture } = compare();
  expect(results).toHaveLength(2);
  for (const { features, similarities, queue, pointer } of results) {
    expect(features).toBeLessThan(1e-4);
    expect(similarities).toBeLessThan(1e-4);
    expect({ queue, pointer }).toEqual({ queue: [12, 16], pointer: 5 });
  }
  expect(queryOnly).toEqual(['backbone']);
  expect(wrongArchitecture).toBe(
    'Expected shape [64, 64, 1, 1] for encoder_q.layer1.0.conv1.weight, received [64, 64, 3, 3].',
  );
});

test('another architecture is refused', () => {
  const stored = { metadata: { arch: 'resnet34' }, tensors: new Map() };
  const options = { inputShape: [32, 32, 3], negatives: 1 };
  expect(() => restoreMoco(stored, options)).toThrow('Expected resnet18 or resnet50, received resnet34.');
});

describe('a state dict', () => {
  const state = () => new StateDict(new Map([['conv1.weight', { shape: [1, 2], values: Float32Array.of(3, 4) }]]));

  test('gives each tensor once', () => {
    const taken = state();
    expect(taken.take('conv1.weight', [1, 2]).arraySync()).toEqual([[3, 4]]);
    taken.checkAllTaken();
    expect(() => taken.take('conv1.weight', [1, 2])).toThrow('Expected a tensor conv1.weight, received none.');
  });

  test('names what is missing, misshapen or left over', () => {
    expect(() => state().take('bn1.bias', [1])).toThrow('Expected a tensor bn1.bias, received none.');
    expect(() => state().take('conv1.weight', [2, 1])).toThrow(
      'Expected shape [2, 1] for conv1.weight, received [1, 2].',
    );
    expect(() => state().checkAllTaken()).toThrow('Expected no further tensor, received conv1.weight.');
  });
});

describe('a safetensors file', () => {
  const fileOf = (header: object, data: Uint8Array) => {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return join(folderOf({ file: Buffer.concat([length, text, data]) }), 'file');
  };

  test('is read whatever its alignment', () => {
    const header = {
      __metadata__: { arch: 'resnet18' },
      row: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      count: { dtype: 'I32', shape: [], data_offsets: [8, 12] },
    };
    const data = Buffer.concat([new Uint8Array(Float32Array.of(1.5, -2).buffer), Uint8Array.of(7, 1, 0, 0)]);
    const { metadata, tensors } = readSafetensors(fileOf(header, data));
    expect(metadata).toEqual({ arch: 'resnet18' });
    expect([...tensors]).toEqual([
      ['row', { shape: [1, 2], values: Float32Array.of(1.5, -2) }],
      ['count', { shape: [], values: Int32Array.of(263) }],
    ]);
  });

  test.each([
    ['a zip, as PyTorch writes', 'PK\u0003\u0004 and so on'],
    ['an empty file', ''],
  ])('is not %s', (_kind, content) => {
    const path = join(folderOf({ 'moco.pth': content }), 'moco.pth');
    expect(() => readSafetensors(path)).toThrow(`Expected a safetensors file, received ${path}.`);
  });

  test('of another type is refused with the tensor’s name', () => {
    const path = fileOf({ half: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, new Uint8Array(2));
    expect(() => readSafetensors(path)).toThrow('Expected F32 or I32 for the type of half, received F16.');
  });
});

// With PyTorch: the environment that `npm run bench` makes.
const python = join(root, '.cache/pytorch/bin/python');
const testWithPytorch = existsSync(python) ? test : test.skip;

testWithPytorch('a checkpoint that PyTorch saved, the whole way (skipped without PyTorch in .cache/pytorch)', () => {
  const dir = temporaryFolder();
  const make = [join(root, 'test/fixtures/from_pytorch.py'), '--checkpoint', 'moco.pth', '--arch', 'resnet18', '--mlp'];
  writeFileSync(join(dir, 'outputs.json'), run(python, [...make, '--side', '32'], dir));
  run(python, [join(example, 'export_state.py'), 'moco.pth', 'moco.safetensors'], dir);
  const convert = [join(example, 'fromPytorch.ts'), 'moco.safetensors', '--size', '32', '--out', 'out'];
  expect(run(process.execPath, [...tsx, ...convert], dir)).toContain(
    'resnet18 of epoch 200: wrote out/encoder and training.',
  );
  const { features, similarities, pointer } = compare(join(dir, 'outputs.json'), join(dir, 'out'));
  expect(features).toBeLessThan(1e-4);
  expect(similarities).toBeLessThan(1e-4);
  expect(pointer).toBe(5);
});
