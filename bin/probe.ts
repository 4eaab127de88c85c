import { once } from 'node:events';
import { runInside } from '../lib/probes/inside';

const terminated = once(process, 'SIGTERM');
const write = (line: string): void => void process.stdout.write(`${line}\n`);
void runInside(process.env, write, async () => void (await terminated)).then(() => process.exit());
