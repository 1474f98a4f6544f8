import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { plain } from '../support/makeImage';
import { folderOf } from '../support/temporaryFolder';

/** Reads all images of a folder at once, as a large batch does. */
const program = `
  import { imageFolder } from './src/node/index';
  import '@tensorflow/tfjs-backend-cpu';
  const images = await imageFolder(process.argv[1], { onError: 'throw' });
  const read = await Promise.all(Array.from({ length: images.size }, (_, i) => images.get(i)));
  console.log(read.filter((image) => image?.xs.size === 192).length, 'read');
`;

test('a batch of more images than files may be open is read', async () => {
  const png = await plain([1, 2, 3]).png().toBuffer();
  const dir = folderOf(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${i}.png`, png])));
  const node = `${process.execPath} --import tsx --input-type=module -e "$0" "$1"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `ulimit -n 128; ${node}`, program, dir], {
    cwd: join(__dirname, '../../..'),
    encoding: 'utf8',
  });
  expect([stdout.trim(), stderr.match(/EMFILE.*/)?.[0]]).toEqual(['400 read', undefined]);
});
