import { showExpression } from '../../lib/parity/text';
import { spellings } from '../../lib/twins/names';
import { fitTexts, generatedIn, RANDOM, textOf, type Seen } from '../../lib/twins/text-fit';

/** The instances of a production with three tasks and a staging with two, and neutral ones; the last two are the same. */
const INSTANCES = [
  { name: 'Prod', tasks: 3, node: 'r7g.2xlarge' },
  { name: 'Staging', tasks: 2, node: 'r7g.large' },
  { name: 'Kqzm', tasks: 5, node: 'r7g.4xlarge' },
  { name: 'Bxtd', tasks: 9, node: 'r7g.8xlarge' },
  { name: 'Wgcmfpq', tasks: 12, node: 'r7g.xlarge' },
  { name: 'Rvnh', tasks: 3, node: 'r7g.2xlarge' },
  { name: 'Rvnh', tasks: 3, node: 'r7g.2xlarge' },
] as const;
type Instance = (typeof INSTANCES)[number];

const seenIn = (text: (instance: Instance, i: number) => string): Seen[] =>
  INSTANCES.map((instance, i) => ({
    text: text(instance, i),
    names: new Map(spellings('name', instance.name)),
    scale: new Map<string, number | string>([
      ['tasks', instance.tasks],
      ['node', instance.node],
      ['node.size', instance.node.split('.')[1]!],
    ]),
    isNeutral: i > 1,
  }));

const fitted = (text: (instance: Instance, i: number) => string): string => {
  const fit = fitTexts(seenIn(text));
  return fit.parts ? textOf(fit.parts, 0) : `refused: ${fit.why}`;
};

describe('a text', () => {
  it.each<[string, (instance: Instance) => string]>([
    ['${name}-queue', ({ name }) => `${name}-queue`],
    ['https://${name.lower}.shop.com/', ({ name }) => `https://${name.toLowerCase()}.shop.com/`],
    ['${name.upper}_HOST', ({ name }) => `${name.toUpperCase()}_HOST`],
    ['my${name}glued', ({ name }) => `my${name}glued`],
    ['${tasks} of ${1 + tasks}', ({ tasks }) => `${tasks} of ${1 + tasks}`],
    ['-Xmx${768 * tasks}m', ({ tasks }) => `-Xmx${768 * tasks}m`],
    ['-Xss${0.5 * tasks}m', ({ tasks }) => `-Xss${0.5 * tasks}m`],
    ['v1.${tasks}', ({ tasks }) => `v1.${tasks}`],
    ['10.0.${tasks}.0/24', ({ tasks }) => `10.0.${tasks}.0/24`],
    ['db.${node}', ({ node }) => `db.${node}`],
    ['the ${node.size} one', ({ node }) => `the ${node.split('.')[1]} one`],
    ['$${!not} ${tasks}', ({ tasks }) => `$\${not} ${tasks}`],
    ['${name}/${tasks}/${node}', ({ name, tasks, node }) => `${name}/${tasks}/${node}`],
  ])('follows %s', (expected, text) => {
    expect(fitted(text)).toBe(expected);
  });

  it('holds a hash of the name, which is another one under every name', () => {
    const hash = (name: string): string =>
      Buffer.from(name.repeat(8)).toString('hex').slice(0, 8).toUpperCase();
    expect(fitted(({ name }) => `queue-${hash(name)}`)).toBe('queue-${generated.0}');
  });

  it('holds a hash of what is scaled, which is the same under another name', () => {
    expect(fitted(({ tasks }) => `config-${(0xabcdef00 + tasks).toString(16)}`)).toBe(
      'config-${generated.0}',
    );
  });

  it.each<[string, (instance: Instance, i: number) => string]>([
    ['one environment has a text of its own', ({ name }) => (name === 'Prod' ? 'full' : 'less')],
    ['a word in it is another one, and no name or hash', ({ name }) => (name < 'Q' ? 'abcd' : 'bcde')],
    ['a word in it is another one, and no name or hash', ({ tasks }) => `size-${'abcdefghijklm'[tasks]}`],
    [
      'a word in it is another one, and no name or hash',
      ({ name }) => (name < 'Q' ? 'deadbeef' : 'cafebabe'),
    ],
    ['the number 97, 98, 95, 91 in it follows no scale factor', ({ tasks }) => `${100 - tasks}`],
    ['its texts have different words', ({ tasks }) => 'x,'.repeat(tasks)],
    [RANDOM, (_, i) => `x-${'abcdefg'[i]!.repeat(8)}`],
  ])('is refused: %s', (why, text) => {
    expect(fitted(text)).toBe(`refused: ${why}`);
  });

  it('with numbers that are written in a way of their own follows nothing', () => {
    expect(fitted(({ tasks }) => `part-${String(tasks).padStart(3, '0')}`)).toMatch(
      /^refused: the number 003, 002/,
    );
  });
});

it('a real name that is a word itself is one only where neutral names are', () => {
  const instances = seenIn(({ name }) => `${name}: the data of Prod`.replace('Prod: ', 'data: '));
  const seen = instances.map((it, i) =>
    i === 0 ? { ...it, names: new Map(spellings('name', 'data')) } : it,
  );
  const fit = fitTexts(seen);
  expect(fit.parts && textOf(fit.parts, 0)).toBe('${name}: the data of Prod');
});

it('the words that are generated are read from a text', () => {
  const parts = fitTexts(
    seenIn(({ name }) => `${name}-${Buffer.from(name).toString('hex').slice(0, 8)}-x`),
  ).parts!;
  expect(parts.map((part) => part.is)).toEqual(['name', 'literal', 'generated', 'literal']);
  const names = new Map(spellings('name', 'Test'));
  expect(generatedIn(parts, { text: 'Test-0123abcd-x', names, scale: new Map() })).toEqual(['0123abcd']);
  expect(generatedIn(parts, { text: 'Other-0123abcd-x', names, scale: new Map() })).toBeUndefined();
});

it('an expression is shown as it is read', () => {
  const fit = fitTexts(seenIn(({ tasks }) => `at most ${Math.min(9, tasks)}`));
  const [, part] = fit.parts!;
  expect(part?.is === 'scale' && showExpression(part.expression)).toBe('min(9, tasks)');
});
