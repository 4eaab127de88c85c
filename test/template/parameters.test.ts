import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParameters } from '../../lib/template/parameter-file';
import { checkValues, parametersIn, valuesOf } from '../../lib/template/parameters';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'twin-parameters-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const read = async (text: string): Promise<unknown> => {
  const file = join(folder, 'values');
  writeFileSync(file, text);
  return Object.fromEntries(await readParameters(file));
};

const AB = { A: 'x', B: '1,2' };

describe('a file of values', () => {
  it.each([
    [
      'create-stack',
      '[{"ParameterKey":"A","ParameterValue":"x"},{"ParameterKey":"B","ParameterValue":"1,2"}]',
    ],
    ['deploy --parameter-overrides file://', '["A=x","B=1,2"]'],
    ['AWS CodePipeline', '{"Parameters":{"A":"x","B":"1,2"},"Tags":{"team":"shop"}}'],
    ['an object', '{"A":"x","B":["1","2"]}'],
    ['YAML', 'A: x\nB: "1,2"\n'],
    ['YAML with Parameters', 'Parameters:\n  A: x\n  B: [1, 2]\n'],
    ['lines', '# values\nA=x\n\nB="1,2"\n'],
    ['shorthand', 'ParameterKey=A,ParameterValue=x\nParameterKey=B,ParameterValue=1,2\n'],
  ])('is read as %s has it', async (_, text) => {
    expect(await read(text)).toEqual(AB);
  });

  it('has texts of numbers and booleans, and nothing for what keeps its value', async () => {
    expect(await read('{"A":3,"B":true}')).toEqual({ A: '3', B: 'true' });
    expect(await read('[{"ParameterKey":"A","UsePreviousValue":true}]')).toEqual({});
  });

  it('has notes as a template has them, without a value, which may be a secret', async () => {
    const notesOf = async (text: string): Promise<readonly string[]> => {
      const notes: string[] = [];
      const file = join(folder, 'noted');
      writeFileSync(file, text);
      await readParameters(file, (note) => notes.push(note.slice(file.length)));
      return notes;
    };
    expect(await notesOf('Account: 012345678901\nB: "012345678901"\n')).toEqual([
      ':1:10: what stands here without quotes is a number to CloudFormation, by YAML 1.1, but a text to some tools: write it in quotes',
    ]);
    const twice = ':2:1: the key "A" is there twice: CloudFormation takes the last one';
    expect(await notesOf('A: x\nA: y\n')).toEqual([twice]);
    expect(await notesOf('{"A":"x",\n"A":"y"}')).toEqual([twice]);
    expect(await notesOf('A=012345678901\n')).toEqual([]);
    const many = Array.from({ length: 22 }, (_, i) => `A${i}: 012\n`).join('');
    expect((await notesOf(many)).slice(20)).toEqual([' has 2 more places of these kinds']);
  });

  it('keeps the digits of numbers', async () => {
    expect(await read('{"A":12345678901234567891}')).toEqual({ A: '12345678901234567891' });
  });

  it.each(['{"A":{"B":"c"}}', '[1]', '"A"', '[{"Name":"A"}]', 'Parameters: 3'])('is not %s', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'parameters', message: /holds no values/ });
  });
});

const TEMPLATE = {
  Parameters: {
    Env: { Type: 'String', Default: 'test', AllowedValues: ['prod', 'test'] },
    Size: { Type: 'Number', MinValue: 1, MaxValue: '9' },
    Name: { Type: 'String', AllowedPattern: '[a-z]+', MaxLength: 5 },
    Key: { Type: 'String', NoEcho: true, AllowedPattern: '[a-z]+' },
    Zones: { Type: 'CommaDelimitedList' },
    Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', AllowedPattern: 'x' },
  },
};

describe('values', () => {
  const check = (values: Record<string, string>) => () =>
    checkValues([TEMPLATE], new Map(Object.entries(values)), 'p.json');

  it('are those that the template allows', () => {
    expect(
      check({ Env: 'prod', Size: '3', Name: 'abc', Key: 'k', Zones: 'a,b', Image: '/any/name' }),
    ).not.toThrow();
  });

  it.each([
    [{ Evn: 'prod' }, 'p.json gives the parameter "Evn", which the template has not; did you mean "Env"?'],
    [{ Env: 'dev' }, 'p.json gives "dev" as the parameter "Env"; allowed are prod, test'],
    [{ Size: 'many' }, 'a number is expected'],
    [{ Size: '10' }, '1 to 9 is allowed'],
    [{ Name: 'aB' }, 'it must match [a-z]+'],
    [{ Name: 'abcdef' }, '0 to 5 characters are allowed'],
    [{ Key: 'S3CRET' }, 'p.json gives a value as the parameter "Key"'],
  ])('%j are refused', (values, message) => {
    expect(check(values)).toThrow(
      expect.objectContaining({
        code: 'parameters',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('are known where they are given, by default, or the only ones', () => {
    const only = {
      Parameters: { A: { Type: 'String', AllowedValues: ['a'] }, B: { Type: 'String', Default: 'b' } },
    };
    expect([...valuesOf(only)]).toEqual([['A', 'a']]);
    expect([...valuesOf(only, new Map([['A', 'a']]))]).toEqual([
      ['A', 'a'],
      ['B', 'b'],
    ]);
    expect([
      ...valuesOf(
        TEMPLATE,
        new Map([
          ['Zones', 'a, b'],
          ['Image', '/x'],
        ]),
      ),
    ]).toEqual([
      ['Env', 'test'],
      ['Zones', ['a', 'b']],
    ]);
  });
});

it('parameters are found in references and in texts', () => {
  const names = new Set(['A', 'B', 'C', 'D']);
  const node = { x: [{ Ref: 'A' }], y: { 'Fn::Sub': ['${B}-${v}', { v: { Ref: 'C' } }] }, Ref: 'E', z: 'D' };
  expect([...parametersIn(node, names)].sort()).toEqual(['A', 'B', 'C']);
});
