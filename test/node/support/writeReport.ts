import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { writeReport } from '../../../examples/quickstart/report/report';

// Run by tsx, as the quickstart is: Plot is published as ES modules alone, which jest does not load.
const [from, to] = process.argv.slice(2);
const { record, gallery } = deserialize(readFileSync(from));
await writeReport(to, record, gallery);
