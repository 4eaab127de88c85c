import { fitTexts, textOf } from '../lib/twins/text-fit';
import { fill, fillsTo } from '../lib/parity/text';
const mk = (name: string, readers: number, dbClass: string, isNeutral: boolean) => ({ text: `db.${dbClass} heap -Xmx${readers * 512}m`, names: new Map([['name', name]]), scale: new Map<string, any>([['readers', readers], ['dbClass', dbClass], ['dbClass.size', dbClass.split('.')[1]]]), isNeutral });
const f = fitTexts([mk('Prod', 3, 'r7g.2xlarge', false), mk('Staging', 2, 'r7g.large', false), mk('Kqzm', 4, 'r7g.xlarge', true), mk('Wqrt', 5, 'r7g.4xlarge', true), mk('Bcdfghj', 6, 'r7g.8xlarge', true)]);
console.log(f); const t = textOf((f as any).parts, 0); console.log(t, fill(t, mk('Prod', 3, 'r7g.2xlarge', false).scale));
