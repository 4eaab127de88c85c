// Writes what the CloudFormation specification says of the properties of resource types: `npm run aws-types`.
import { writeFileSync } from 'node:fs';
import { propertiesOfSpecification } from './properties';

writeFileSync('lib/aws/properties.json', JSON.stringify(propertiesOfSpecification()));
