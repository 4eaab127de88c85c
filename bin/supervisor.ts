import { supervise } from '../lib/targets/local/supervisor/supervisor';

const [folder, block, expires] = process.argv.slice(2);
void supervise(folder!, block!, expires!);
