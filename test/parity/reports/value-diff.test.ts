import type { Json } from '../../../lib/json';
import { diffOf, marked, type DiffRoom } from '../../../lib/parity/reports/value-diff';

const ROOM: DiffRoom = { width: 60, context: 2, most: 40 };

/** The lines of a diff with their marks; undefined where there is none. */
function shown(prod: Json | undefined, staging: Json | undefined, room: Partial<DiffRoom> = {}) {
  const values = { ...(prod !== undefined && { prod }), ...(staging !== undefined && { staging }) };
  return diffOf(values, { ...ROOM, ...room })?.lines.map((it) => marked(it).join(' '));
}

const numbered = (change: Readonly<Record<number, string>>, count = 60): string =>
  Array.from({ length: count }, (_, i) => change[i] ?? `step ${i}`).join('\n');

it('shows the lines of a script that differ, with a little around them', () => {
  expect(shown(numbered({ 30: 'workers 8' }), numbered({ 30: 'workers 4', 31: 'restart' }))).toEqual([
    '  … 28 lines',
    '  step 28',
    '  step 29',
    '- workers 8',
    '- step 31',
    '+ workers 4',
    '+ restart',
    '  step 32',
    '  step 33',
    '  … 26 lines',
  ]);
});

it('counts the lines that differ, among all', () => {
  expect(diffOf({ prod: numbered({ 3: 'x' }), staging: numbered({}) }, ROOM)).toMatchObject({
    differing: 1,
    of: 60,
    isShortened: false,
  });
  expect(diffOf({ prod: numbered({}), staging: `${numbered({})}\nlast` }, ROOM)).toMatchObject({
    differing: 1,
    of: 61,
  });
});

const states = (timeout: number): Json => ({
  StartAt: 'A',
  States: Object.fromEntries(
    'ABCDEF'
      .split('')
      .map((id) => [id, { Type: 'Task', Next: 'B', Catch: [], TimeoutSeconds: id === 'D' ? timeout : 30 }]),
  ),
});

it.each([
  ['indented', (timeout: number): Json => JSON.stringify(states(timeout), undefined, 2)],
  ['in one line', (timeout: number): Json => JSON.stringify(states(timeout))],
  ['as an object', states],
])('shows JSON %s as YAML, and says what the lines stand in', (_, definition) => {
  expect(shown(definition(60), definition(10))).toEqual([
    '  … 19 lines > States > D',
    '      Next: B',
    '      Catch: []',
    '-     TimeoutSeconds: 60',
    '+     TimeoutSeconds: 10',
    '    E:',
    '      Type: Task',
    '  … 8 lines',
  ]);
});

it('shows what Fn::Join puts together as one text', () => {
  const script = (workers: number): Json => ({
    'Fn::Base64': {
      'Fn::Join': [
        '',
        [
          '#!/bin/bash\nregion=',
          { Ref: 'AWS::Region' },
          `\nworkers=${workers}\nqueue=`,
          { 'Fn::GetAtt': ['Jobs', 'Arn'] },
          '\n',
        ],
      ],
    },
  });
  expect(shown(script(8), script(4))).toEqual([
    '  Fn::Base64: |',
    '    #!/bin/bash',
    '    region=${AWS::Region}',
    '-   workers=8',
    '+   workers=4',
    '    queue=${Jobs.Arn}',
  ]);
});

it('shows a long line where it begins to differ', () => {
  const line = (end: string): string => `first\n${'x'.repeat(200)}${end}`;
  expect(shown(line(' 1'), line(' 2'))).toEqual([
    '  first',
    `- …${'x'.repeat(14)} 1`,
    `+ …${'x'.repeat(14)} 2`,
  ]);
});

it('is cut where more differs than a report has room for', () => {
  const all = (word: string): string =>
    `first\n${Array.from({ length: 100 }, (_, i) => `${word} ${i}`).join('\n')}`;
  const diff = diffOf({ prod: all('a'), staging: all('b') }, ROOM);
  expect(diff!.lines).toHaveLength(40);
  expect(diff).toMatchObject({ differing: 100, of: 101, isShortened: true });
  expect(shown(all('a'), all('b'), { most: Infinity })).toHaveLength(201);
});

it.each<[string, Json | undefined, Json | undefined]>([
  ['values that fit in a line', { a: 1 }, { a: 2 }],
  ['a value that one side has alone', numbered({}), undefined],
  ['long texts of one line', `${'x'.repeat(100)}1`, `${'x'.repeat(100)}2`],
  ['values that have nothing in common', numbered({}), 'x'.repeat(100)],
  ['texts that are the same as JSON', JSON.stringify(states(1)), JSON.stringify(states(1), undefined, 2)],
])('is none of %s', (_, prod, staging) => {
  expect(shown(prod, staging)).toBeUndefined();
});

it('cannot move the cursor of a terminal', () => {
  expect(shown(numbered({ 3: '\u001B[2J' }), numbered({}))).toContain('- \\u001b[2J');
});
