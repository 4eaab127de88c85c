// Writes what each code of an error means, and what to do: `npm run errors`.
import { writeFileSync } from 'node:fs';
import { errorPage } from './error-codes-page';

writeFileSync('docs/error-codes.md', errorPage());
