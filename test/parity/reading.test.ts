import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parityOfTemplates, type GivenValues } from '../../lib/parity/parity';
import type { ParityReport } from '../../lib/parity/report';
import { showPath } from '../../lib/template/differences';
import { readTemplate } from '../../lib/template/read';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-reading-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Compares two files, each of JSON or of YAML. */
async function compared(prod: string, staging: string, given?: GivenValues): Promise<ParityReport> {
  const notes: string[] = [];
  const read = (name: string, content: string): Promise<unknown> => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return readTemplate(file, (note) => notes.push(note));
  };
  const options = given ? { parameters: given } : {};
  const report = parityOfTemplates(await read('prod', prod), await read('staging', staging), options);
  return { ...report, notes: [...notes, ...(report.notes ?? [])] };
}

const placesOf = ({ forbidden }: ParityReport): string[] =>
  forbidden.map(({ logicalId, path }) => showPath([logicalId, ...path]));

/** A template of one queue, with a value as YAML has it, or JSON. */
const queue = (value: string): string =>
  `Resources: {Q: {Type: "AWS::SQS::Queue", Properties: {V: ${value}}}}`;
const inJson = (value: string): string =>
  `{"Resources":{"Q":{"Type":"AWS::SQS::Queue","Properties":{"V":${value}}}}}`;

const BIG = '9007199254740993';
const NEXT = '9007199254740992';

describe('one value in two spellings', () => {
  it.each([
    ['yes', 'true'],
    ['Off', 'false'],
    ['TRUE', 'true'],
    ['~', 'null'],
    ['y', '"y"'],
    ['oN', '"oN"'],
    ['0755', '493'],
    ['0x1ed', '493'],
    ['0b111101101', '493'],
    ['8:13', '493'],
    ['4_93', '493'],
    ['0o755', '"0o755"'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['+7', '7'],
    [BIG, BIG],
    ['2026-01-31', '"2026-01-31"'],
    ['2026-01-31 10:00:00', '"2026-01-31 10:00:00"'],
    ['08:30', '"08:30"'],
    ['!!str 0755', '"0755"'],
    ["'0755'", '"0755"'],
    ['!GetAtt A.B.C', '{"Fn::GetAtt":["A","B.C"]}'],
    ['!Join [",", [no, 1.0]]', '{"Fn::Join":[",",[false,1]]}'],
  ])('%s in YAML is %s in JSON', async (yaml, json) => {
    expect(placesOf(await compared(queue(yaml), inJson(json)))).toEqual([]);
    expect(placesOf(await compared(inJson(json), queue(yaml)))).toEqual([]);
  });
});

describe('two values that look alike', () => {
  it.each([
    ['yes', '"yes"'],
    ['ON', '"ON"'],
    ['no', '"false"'],
    ['n', 'false'],
    ['0755', '755'],
    ['0755', '"0755"'],
    ['0o755', '493'],
    ['012345678901', '12345678901'],
    ['012345678901', '"012345678901"'],
    ['012345670123', '12345670123'],
    ['08', '8'],
    ['08', '"08"'],
    ['1_000', '"1_000"'],
    ['1:30', '"1:30"'],
    ['12345e67', '"12345e67"'],
    ['~', '"~"'],
    ['2026-01-31', '"2026-01-31T00:00:00Z"'],
    [BIG, NEXT],
    [`[${BIG}]`, `[${NEXT}]`],
    [`"${BIG}"`, `"${NEXT}"`],
    ['18446744073709551615', '18446744073709551616'],
    ['1e999', '1e998'],
    ['.inf', 'null'],
  ])('%s in YAML is not %s in JSON', async (yaml, json) => {
    const isAtPlace = (place: string): boolean => place.startsWith('Q.Properties.V');
    for (const report of [
      await compared(queue(yaml), inJson(json)),
      await compared(inJson(json), queue(yaml)),
    ])
      expect(placesOf(report).filter(isAtPlace)).toHaveLength(1);
  });

  it.each([
    [BIG, NEXT],
    ['123456789012345678901', '123456789012345678902'],
    ['-9223372036854775808', '-9223372036854775807'],
  ])('%s is not %s in JSON', async (a, b) => {
    expect(placesOf(await compared(inJson(a), inJson(b)))).toEqual(['Q.Properties.V']);
    expect(placesOf(await compared(inJson(a), inJson(a)))).toEqual([]);
  });
});

it('says of what is no number to everybody that it needs quotes, at its place', async () => {
  const { notes } = await compared(queue('012345678901'), queue('"012345678901"'));
  expect(notes).toEqual([
    expect.stringMatching(
      /prod:1:58: 012345678901 without quotes is the number 1\.2345678901E10 to CloudFormation/,
    ),
  ]);
});

describe('keys and maps of YAML', () => {
  const yaml = (...lines: readonly string[]): string =>
    ['Resources:', ...lines.map((line) => `  ${line}`)].join('\n');
  const spelt =
    '{"Resources":{"A":{"Type":"T","Properties":{"V":1,"W":2}},"B":{"Type":"T","Properties":{"V":3,"W":2}}}}';

  it.each([
    [
      'a merge that is overridden',
      yaml('A: {Type: T, Properties: &p {V: 1, W: 2}}', 'B: {Type: T, Properties: {<<: *p, V: 3}}'),
    ],
    [
      'an override before the merge',
      yaml('A: {Type: T, Properties: &p {V: 1, W: 2}}', 'B: {Type: T, Properties: {V: 3, <<: *p}}'),
    ],
    [
      'a merge of a list',
      yaml(
        'A: {Type: T, Properties: {<<: [&v {V: 1}, &w {W: 2}]}}',
        'B: {Type: T, Properties: {<<: [{V: 3}, *v, *w]}}',
      ),
    ],
    [
      'a merge of whole resources',
      yaml('A: &a {Type: T, Properties: &p {V: 1, W: 2}}', 'B: {<<: *a, Properties: {<<: *p, V: 3}}'),
    ],
    [
      'the last of two equal keys',
      yaml(
        'A: {Type: T, Properties: {V: 9, W: 2, V: 1}}',
        'B: {Type: U}',
        'B: {Type: T, Properties: {V: 3, W: 2}}',
      ),
    ],
  ])('%s', async (_, text) => {
    expect(placesOf(await compared(text, spelt))).toEqual([]);
    expect(placesOf(await compared(text.replace('V: 3', 'V: 4'), spelt))).toEqual(['B.Properties.V']);
  });

  it('a merge that wins over nothing is a difference', async () => {
    const first = yaml('A: {Type: T, Properties: {<<: [{V: 1}, {V: 2}]}}');
    const second = yaml('A: {Type: T, Properties: {<<: [{V: 2}, {V: 1}]}}');
    expect(placesOf(await compared(first, second))).toEqual(['A.Properties.V']);
  });

  it('a word as a key is that word', async () => {
    expect(
      placesOf(await compared(queue('{on: 1, 012345678901: 2}'), inJson('{"on":1,"012345678901":2}'))),
    ).toEqual([]);
    expect(placesOf(await compared(queue('{0755: 1}'), inJson('{"493":1}')))).toHaveLength(2);
  });

  it('two equal keys are told in JSON as in YAML, and the last one is compared', async () => {
    const twice = '{"Resources":{"Q":{"Type":"T"},"Q":{"Type":"U","Properties":{"V":1,"V":2}}}}';
    const report = await compared(twice, '{"Resources":{"Q":{"Type":"U","Properties":{"V":2}}}}');
    expect(placesOf(report)).toEqual([]);
    expect(report.notes).toEqual([
      expect.stringMatching(/prod:1:32: the key "Q" is there twice: CloudFormation takes the last one$/),
      expect.stringMatching(/prod:1:68: the key "V" is there twice: CloudFormation takes the last one$/),
    ]);
    expect(placesOf(await compared(twice, '{"Resources":{"Q":{"Type":"U","Properties":{"V":1}}}}'))).toEqual([
      'Q.Properties.V',
    ]);
  });
});

describe('loops', () => {
  const loop = (collection: string, value = '!Sub "q-${N}"', more = ''): string =>
    `Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Queues:
    - N
    - ${collection}
    - "Queue\${N}": {Type: AWS::SQS::Queue, Properties: {QueueName: ${value}}}
  Topic: {Type: AWS::SNS::Topic${more}}
`;
  const written = (names: readonly string[], value = (name: string): unknown => `q-${name}`): string =>
    JSON.stringify({
      Parameters: { Names: { Type: 'CommaDelimitedList' } },
      Resources: {
        Topic: { Type: 'AWS::SNS::Topic' },
        ...Object.fromEntries(
          names.map((it) => [
            `Queue${it}`,
            { Type: 'AWS::SQS::Queue', Properties: { QueueName: value(it) } },
          ]),
        ),
      },
    });

  it('are what they make', async () => {
    expect(placesOf(await compared(loop('[A, B]'), written(['A', 'B'])))).toEqual([]);
    expect(placesOf(await compared(loop('[B, A]'), loop('[A, B]')))).toEqual([]);
    expect(
      placesOf(
        await compared(
          loop('[A]', '!Ref Topic'),
          written(['A'], () => ({ Ref: 'Topic' })),
        ),
      ),
    ).toEqual([]);
  });

  it('differ where what they make differs', async () => {
    expect(placesOf(await compared(loop('[A, B]'), written(['A'])))).toEqual(['QueueB']);
    expect(placesOf(await compared(loop('[A, B]'), loop('[A, B]', '!Sub "p-${N}"')))).toEqual([
      'QueueA.Properties.QueueName',
      'QueueB.Properties.QueueName',
    ]);
    const report = await compared(
      loop('[A]'),
      written(['A'], () => 'q-B'),
    );
    expect(report.forbidden).toMatchObject([{ type: 'AWS::SQS::Queue', logicalId: 'QueueA' }]);
  });

  it('over a parameter without a value are left open', async () => {
    const { verdict, open } = await compared(loop('!Ref Names'), loop('!Ref Names'));
    expect(verdict).toBe('undecided');
    expect(open).toMatchObject([{ logicalId: 'Fn::ForEach::Queues', hangsOn: ['the parameter "Names"'] }]);
    expect(open![0]!.why).toMatch(
      /^what the loop makes is left to the deployment: it hangs on the parameter "Names"/,
    );
    expect((await compared(loop('[A, !Ref Names]'), loop('[A, !Ref Names]'))).verdict).toBe('undecided');
    const nested = (it: string): string => `Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources: {T: {Type: T, Properties: {"Fn::ForEach::P": [P, ${it}, {"\${P}": 1}], X: 1}}}`;
    expect((await compared(nested('!Ref Names'), nested('!Ref Names'))).open).toMatchObject([
      { logicalId: 'T', path: ['Properties', 'Fn::ForEach::P'] },
    ]);
  });

  it('over a parameter with a value are what they make', async () => {
    const values = (prod: string, staging: string): GivenValues => ({
      prod: new Map([['Names', prod]]),
      staging: new Map([['Names', staging]]),
    });
    const of = (given: GivenValues) => compared(loop('!Ref Names'), loop('!Ref Names'), given);
    expect(await of(values('A,B', 'A, B'))).toMatchObject({ verdict: 'twins', forbidden: [] });
    expect(placesOf(await of(values('A,B', 'A')))).toContain('QueueB');
    expect((await compared(loop('[A, B]'), loop('!Ref Names'), values('', 'A,B'))).verdict).toBe('twins');
  });

  it('over a parameter are compared as they are written', async () => {
    expect(placesOf(await compared(loop('!Ref Names'), loop('!Ref Names')))).toEqual([]);
    expect(placesOf(await compared(loop('!Ref Names'), loop('!Ref Names', '!Sub "p-${N}"')))).toEqual([
      'Fn::ForEach::Queues[2].Queue${N}.Properties.QueueName.Fn::Sub',
    ]);
    expect(placesOf(await compared(loop('!Ref Names'), written(['A'])))).toEqual([
      'Fn::ForEach::Queues',
      'QueueA',
    ]);
  });

  it('in properties are compared as what they make', async () => {
    const properties = ', Properties: {"Fn::ForEach::P": [P, [DisplayName, TopicName], {"${P}": !Ref P}]}';
    const plain = loop('[A]', 'q', ', Properties: {DisplayName: DisplayName, TopicName: TopicName}');
    expect(placesOf(await compared(loop('[A]', 'q', properties), plain))).toEqual([]);
    expect(placesOf(await compared(loop('[A]', 'q', properties), loop('[A]', 'q')))).toEqual([
      'Topic.Properties.DisplayName',
      'Topic.Properties.TopicName',
    ]);
  });
});

describe('what is included from elsewhere', () => {
  const include = (location: string): string => `{Name: AWS::Include, Parameters: {Location: ${location}}}`;
  const A = include('s3://parts/a.yaml');
  const B = include('s3://parts/b.yaml');
  const topic = 'Topic: {Type: AWS::SNS::Topic}';

  it.each([
    ['into Resources', (it: string) => `Resources: {Fn::Transform: ${it}, ${topic}}`, 'Fn::Transform'],
    ['into Resources, alone', (it: string) => `Resources: {Fn::Transform: ${it}}`, 'Fn::Transform'],
    ['as a resource', (it: string) => `Resources: {Q: {Fn::Transform: ${it}}, ${topic}}`, 'Q.Fn::Transform'],
    [
      'into properties',
      (it: string) => `Resources: {Q: {Type: T, Properties: {Fn::Transform: ${it}}}}`,
      'Q.Properties',
    ],
    [
      'into Mappings',
      (it: string) => `Resources: {${topic}}\nMappings: {Fn::Transform: ${it}}`,
      'Fn::Transform',
    ],
    [
      'into Outputs',
      (it: string) => `Resources: {${topic}}\nOutputs: {Fn::Transform: ${it}}`,
      'Fn::Transform',
    ],
    [
      'into Conditions',
      (it: string) => `Resources: {${topic}}\nConditions: !Transform ${it}`,
      'Fn::Transform',
    ],
    ['into the template', (it: string) => `Resources: {${topic}}\nTransform: ${it}`, 'Transform'],
    [
      'into the template, in a list',
      (it: string) => `Resources: {${topic}}\nTransform: [${it}]`,
      'Transform',
    ],
    ['into the template, with its Resources', (it: string) => `Transform: ${it}`, 'Transform'],
    ['in place of the template', (it: string) => `Fn::Transform: ${it}`, 'Fn::Transform'],
  ])('%s is compared as it is written', async (_, of, place) => {
    expect(placesOf(await compared(of(A), of(A)))).toEqual([]);
    const { forbidden } = await compared(of(A), of(B));
    const [found = '', ...more] = forbidden.map(({ type, logicalId, path }) =>
      showPath([type, logicalId, ...path]),
    );
    expect(found).toContain(place);
    expect(found).toMatch(/Location$|Fn::Transform$|Properties$/);
    expect(more).toEqual([]);
  });

  it('does not keep resources from being paired', async () => {
    const of = (id: string, size: number): string =>
      `Resources: {Fn::Transform: ${A}, ${id}: {Type: AWS::SQS::Queue, Properties: {Size: ${size}}}}`;
    const renamed = await compared(of('Jobs1A', 1), of('Jobs2B', 1));
    expect(renamed).toMatchObject({ verdict: 'twins', renamed: [{ prod: 'Jobs1A', staging: 'Jobs2B' }] });
    expect((await compared(of('Jobs1A', 1), of('Jobs2B', 2))).verdict).toBe('not-twins');
  });
});

describe('transforms', () => {
  const of = (transform: string): string => `${transform}\nResources: {Q: {Type: AWS::SQS::Queue}}`;

  it.each([
    ['Transform: AWS::Serverless-2016-10-31', 'Transform: [AWS::Serverless-2016-10-31]'],
    ['Transform: [Team, AWS::LanguageExtensions]', 'Transform: Team'],
    ['Transform: AWS::LanguageExtensions', ''],
  ])('%s is %s', async (a, b) => {
    const { verdict, notes } = await compared(of(a), of(b));
    expect({ verdict, notes: notes?.filter((it) => /stage/.test(it)) }).toEqual({
      verdict: 'twins',
      notes: [],
    });
  });

  it('that are others are a difference, and no other stage', async () => {
    const { forbidden, notes } = await compared(of('Transform: Team'), of('Transform: [Other]'));
    expect(forbidden).toMatchObject([{ logicalId: 'Transform', prod: 'Team', staging: 'Other' }]);
    expect(notes?.filter((it) => /stage/.test(it))).toEqual([]);
  });

  it('that were applied to one of both are named', async () => {
    const { forbidden, notes } = await compared(of('Transform: [Team, Other]'), of(''));
    expect(forbidden).toMatchObject([{ logicalId: 'Transform' }]);
    expect(notes).toEqual([
      'production is what Team, Other is yet to process, staging is not: compare the same stage of both, such as what ' +
        'aws cloudformation get-template --template-stage Processed answers',
    ]);
  });
});
