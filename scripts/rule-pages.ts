// Writes the page of every rule of the checks, and their index: `npm run rules`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulePages } from './rule-pages/pages';

const FOLDER = 'docs/rules';

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [file, text] of rulePages()) writeFileSync(join(FOLDER, file), text);
