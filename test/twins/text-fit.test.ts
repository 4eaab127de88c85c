import { fitTexts, textOf, type Seen } from '../../lib/twins/experiments/text-fit';
import { spellings } from '../../lib/twins/instances/names';

const INSTANCES = [
  { name: 'Prod', readers: 4, db: 'r7g.2xlarge', isNeutral: false },
  { name: 'Staging', readers: 2, db: 'r7g.large', isNeutral: false },
  { name: 'Kqzm', readers: 3, db: 'r7g.xlarge', isNeutral: true },
  { name: 'Wqrtzpb', readers: 5, db: 'r7g.4xlarge', isNeutral: true },
  { name: 'Xvdzgrt', readers: 7, db: 'r7g.8xlarge', isNeutral: true },
];

/** What the texts that a function makes of each instance come to. */
function fitted(make: (name: string, readers: number, db: string, i: number) => string): string | undefined {
  const seen = INSTANCES.map(({ name, readers, db, isNeutral }, i): Seen => ({
    text: make(name, readers, db, i),
    names: new Map(spellings('name', name)),
    scale: new Map<string, number | string>([
      ['readers', readers],
      ['db', db],
      ['db.size', db.split('.')[1]!],
    ]),
    isNeutral,
  }));
  const fit = fitTexts(seen, (name) => [name.split('.')[0]!]);
  return fit.parts && textOf(fit.parts, 0);
}

const hash = (i: number): string => ['40D23EA4', '36CD85D0', 'A1B2C3D4', '0F9E8D7C', '5A6B7C8D'][i]!;

it.each([
  ['a name', (name: string) => `${name}-orders`, '${name}-orders'],
  ['a glued name in lower case', (name: string) => `${name.toLowerCase()}orders`, '${name.lower}orders'],
  [
    'a hash',
    (name: string, _: number, __: string, i: number) => `${name}Web${hash(i)}`,
    '${name}Web${generated.0}',
  ],
  ['a number', (_: string, n: number) => `-Xmx${n * 512}m`, '-Xmx${512 * readers}m'],
  [
    'two numbers',
    (_: string, n: number) => `{"workers":${n},"mb":${n * 256}}`,
    '{"workers":${readers},"mb":${256 * readers}}',
  ],
  ['a class', (_: string, __: number, db: string) => `db.${db}`, 'db.${db}'],
  ['a size', (_: string, __: number, db: string) => `size ${db.split('.')[1]}`, 'size ${db.size}'],
  ['a text of CloudFormation', (name: string) => `\${AWS::Region}/${name}`, '${!AWS::Region}/${name}'],
])('texts with %s have one text with placeholders', (_, make, expected) => {
  expect(fitted(make)).toBe(expected);
});

it.each([
  ['a switch by the name', (name: string) => (name === 'Prod' ? 'live' : 'test')],
  ['a switch by half of the names', (name: string) => (name < 'R' ? 'aaaa' : 'bbbb')],
  ['a switch by the scale', (_: string, n: number) => (n > 3 ? 'TLS13' : 'TLS12')],
  ['a number of the name', (name: string) => `delay ${name.length}`],
  [
    'a literal name of one of them',
    (name: string) => (name === 'Staging' ? 'Prod-orders' : `${name}-orders`),
  ],
  [
    'a table',
    (_: string, n: number) => `-Xmx${({ 2: 64, 3: 9, 4: 512, 5: 7, 7: 8 } as Record<number, number>)[n]}m`,
  ],
  [
    'a letter of a table by the name',
    (_: string, __: number, ___: string, i: number) => `shard-${'dbqzk'[i]!}`,
  ],
  ['a falling number', (_: string, n: number) => `weight=${100 - n}`],
])('texts with %s have none', (_, make) => {
  expect(fitted(make)).toBeUndefined();
});
