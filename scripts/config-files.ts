// Writes what is generated from the schema of twin.config.ts: its types, its JSON Schema and its reference: `npm run config`.
import { writeFileSync } from 'node:fs';
import { configFiles } from './config/files';

for (const [file, text] of configFiles()) writeFileSync(file, text);
