// Saves models one over the other until it is killed. Each has one number everywhere: in its JSON and in its weights.
import { fileSystem } from '../../../src/node/files/fileSystem';

const [dir] = process.argv.slice(2);
for (let number = 1; ; number++) {
  await fileSystem(dir).save!({
    modelTopology: {},
    userDefinedMetadata: { number },
    weightSpecs: [{ name: 'w', shape: [250_000], dtype: 'float32' }],
    weightData: new Float32Array(250_000).fill(number).buffer,
  });
  if (number === 1) console.log('started');
}
