// Writes what the CloudFormation registry's schemas say of the order of lists: `npm run aws-orders -- <folder>`, then `npm run aws-types`.
// The schemas are in the Python package cfn-lint, folder `cfnlint/data/schemas`: `pip download --no-deps cfn-lint && unzip cfn_lint-*.whl`.
import { writeFileSync } from 'node:fs';
import { insertionOrderOf } from './insertion-order';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('no folder of schemas; expected the path of cfnlint/data/schemas');
writeFileSync('scripts/insertion-order.json', `${JSON.stringify(insertionOrderOf(folder), undefined, 2)}\n`);
