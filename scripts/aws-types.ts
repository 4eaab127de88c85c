// Writes what the CloudFormation specification says of resource types: `npm run aws-types`.
import { writeFileSync } from 'node:fs';
import { typesOfSpecification } from './specification';

writeFileSync('lib/aws/types.json', JSON.stringify(typesOfSpecification(), undefined, 2));
