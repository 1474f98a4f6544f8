// Chooses a backend as an example would, says what it got, and then does what the second argument says.
import { chooseBackend } from '../../../src/node/backend';

const [name, then] = process.argv.slice(2);
const { description } = await chooseBackend(name as Parameters<typeof chooseBackend>[0]);
console.log(description);
if (then === 'throw') throw new Error('of the program itself');
if (then === 'reject') setTimeout(() => void Promise.reject(new Error('of the program itself')));
if (then === 'wait') setInterval(() => {}, 1000);
