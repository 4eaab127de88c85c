import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { readJson, readTemplate } from '../../lib/template/read';
import { modelOf } from '../../lib/template/model';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Buffer, ending = 'yaml'): string {
  const path = join(folder, `${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

const yaml = (content: string): Promise<unknown> => readTemplate(file(content));

/** The error's text, with the file's path replaced. */
async function errorOf(path: string, read: (path: string) => unknown = readTemplate): Promise<string> {
  try {
    await read(path);
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    return `${error.code}: ${error.message.replaceAll(path === '' ? '\0' : path, 'FILE')}`;
  }
  throw new Error('it was read');
}

describe('intrinsics in YAML', () => {
  it.each([
    ['!Ref Bucket', { Ref: 'Bucket' }],
    ['!Condition IsLarge', { Condition: 'IsLarge' }],
    ['!GetAtt Cluster.Endpoint.Address', { 'Fn::GetAtt': ['Cluster', 'Endpoint.Address'] }],
    ['!GetAtt [Cluster, Endpoint.Address]', { 'Fn::GetAtt': ['Cluster', 'Endpoint.Address'] }],
    ['!Sub "${AWS::Region}-x"', { 'Fn::Sub': '${AWS::Region}-x' }],
    ['!Sub ["${a}", { a: !Ref B }]', { 'Fn::Sub': ['${a}', { a: { Ref: 'B' } }] }],
    ['!Join ["-", [a, !Ref B]]', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }],
    ['!Select [0, !GetAZs ""]', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
    ['!Split [",", !ImportValue list]', { 'Fn::Split': [',', { 'Fn::ImportValue': 'list' }] }],
    ['!ImportValue\n  Fn::Sub: "${Net}-vpc"', { 'Fn::ImportValue': { 'Fn::Sub': '${Net}-vpc' } }],
    ['!If [Large, 3, !Ref AWS::NoValue]', { 'Fn::If': ['Large', 3, { Ref: 'AWS::NoValue' }] }],
    ['!Equals [!Ref Env, prod]', { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] }],
    ['!And [!Condition A, !Condition B]', { 'Fn::And': [{ Condition: 'A' }, { Condition: 'B' }] }],
    ['!Or [!Condition A, !Condition B]', { 'Fn::Or': [{ Condition: 'A' }, { Condition: 'B' }] }],
    ['!Not [!Equals [a, b]]', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }],
    ['!FindInMap [Map, !Ref K, v]', { 'Fn::FindInMap': ['Map', { Ref: 'K' }, 'v'] }],
    ['!Base64 |\n  #!/bin/sh\n  true\n', { 'Fn::Base64': '#!/bin/sh\ntrue\n' }],
    ['!Cidr [!GetAtt Vpc.CidrBlock, 6, 5]', { 'Fn::Cidr': [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 6, 5] }],
    ['!Transform { Name: AWS::Include }', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['!Length [1, 2]', { 'Fn::Length': [1, 2] }],
    ['!ToJsonString { a: !Ref B }', { 'Fn::ToJsonString': { a: { Ref: 'B' } } }],
    ['{ "Fn::GetAtt": [A, B] }', { 'Fn::GetAtt': ['A', 'B'] }],
  ])('reads %s', async (text, expected) => {
    await expect(yaml(`value: ${text}`)).resolves.toEqual({ value: expected });
  });

  it('are the same as in JSON', async () => {
    const json = file('{"Resources":{"A":{"Type":"T","Properties":{"B":{"Fn::GetAtt":["C","D"]}}}}}', 'json');
    const short = file('Resources:\n  A:\n    Type: T\n    Properties:\n      B: !GetAtt C.D\n');
    expect(await readTemplate(short)).toEqual(await readTemplate(json));
  });
});

describe('YAML', () => {
  it('keeps versions, dates and words as CloudFormation does', async () => {
    const text =
      'AWSTemplateFormatVersion: 2010-09-09\nengine: "16.10"\nanswer: yes\nletter: y\nnumber: 3\nflag: true\nnone: null';
    await expect(yaml(text)).resolves.toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      engine: '16.10',
      answer: true,
      letter: 'y',
      number: 3,
      flag: true,
      none: null,
    });
  });

  it('may repeat a part by aliases', async () => {
    const text = `tags: &tags [!Ref A]\n${Array.from({ length: 300 }, (_, i) => `k${i}: *tags`).join('\n')}`;
    await expect(yaml(text)).resolves.toMatchObject({ k299: [{ Ref: 'A' }] });
  });

  it('may have long lines, long keys and long texts', async () => {
    const text = [
      `${'k'.repeat(500)}: 1`,
      `long: "${'[- ? : '.repeat(500)}"`,
      `plain: ${'a [- '.repeat(500)}z`,
      `flow: [${'[], {a: b}, '.repeat(500)}]`,
      `block: |\n${' '.repeat(9)}x\n${' '.repeat(600)}- - - [[[`,
      'tail: 1',
    ];
    await expect(yaml(text.join('\n'))).resolves.toMatchObject({ tail: 1 });
  });

  it('may be 80 levels deep', async () => {
    await expect(yaml(`a: ${'['.repeat(80)}${']'.repeat(80)}`)).resolves.toHaveProperty('a');
    const lines = Array.from({ length: 80 }, (_, i) => `${' '.repeat(2 * i)}a:`);
    await expect(yaml(lines.join('\n'))).resolves.toHaveProperty('a.a.a');
  });

  it('may begin like JSON', async () => {
    await expect(yaml('{ Resources: { A: { Type: T } } }')).resolves.toEqual({
      Resources: { A: { Type: 'T' } },
    });
  });
});

describe('scalars in YAML, as CloudFormation reads them', () => {
  it.each<[string, unknown]>([
    ...['yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((it): [string, unknown] => [
      it,
      true,
    ]),
    ...['no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((it): [string, unknown] => [
      it,
      false,
    ]),
    ...['y', 'Y', 'n', 'N', 'yEs', 'oN', 'tRUE', '"yes"', "'off'", '!!str no', '! on'].map(
      (it): [string, unknown] => [it, it.replace(/^(?:!!str|!) /, '').replaceAll(/["']/g, '')],
    ),
    ...['~', 'null', 'Null', 'NULL', ''].map((it): [string, unknown] => [it, null]),
    ['5', 5],
    ['-5', -5],
    ['+5', 5],
    ['1.0', 1],
    ['1.10', 1.1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5E+2', 150],
    ['12345e67', 1.2345e71],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740992', '-9007199254740992'],
    ['1e999', '1e999'],
    ['0o755', '0o755'],
    ['0X1F', '0X1F'],
    ['05:00', '05:00'],
    ['80:80', '80:80'],
    ['1.2.3', '1.2.3'],
    ['2010-09-09', '2010-09-09'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.10 -5'],
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['"0755"', '0755'],
    ['!!str 0755', '0755'],
    ['!!int "0755"', 493],
    ['!!bool "yes"', true],
    ['_1', '_1'],
    ['<<', '<<'],
  ])('%s', async (text, value) => {
    const notes: string[] = [];
    await expect(readTemplate(file(`a: ${text}`), (note) => notes.push(note))).resolves.toEqual({ a: value });
    await expect(readTemplate(file(`[${text === '' ? '~' : text}]`))).resolves.toEqual([value]);
    expect(notes).toEqual([]);
  });

  it.each([
    ['0755', 493],
    ['-017', -15],
    ['00', 0],
    ['0_7', 7],
    ['0777777777777777777777', '9223372036854775807'],
    ['012345670123', 1402433619],
    ['012345678901', '1.2345678901E10'],
    ['088888888888', '8.8888888888E10'],
    ['08', '8.0'],
    ['-09', '-9.0'],
    ['007.5', 7.5],
    ['1_000', 1000],
    ['1_000.5', 1000.5],
    ['0x1F', 31],
    ['0b101', 5],
    ['1:30', 90],
    ['22:30:00', 81000],
    ['-1:30.5', -90.5],
    ['.inf', 'Infinity'],
    ['-.INF', '-Infinity'],
    ['.nan', 'NaN'],
  ])('%s, with a note: a text to some tools', async (text, value) => {
    const path = file(`a: 1\nb: [${text}]`);
    const notes: string[] = [];
    await expect(readTemplate(path, (note) => notes.push(note))).resolves.toEqual({ a: 1, b: [value] });
    expect(notes).toEqual([
      `${path}:2:5: ${text} without quotes is the number ${value} to CloudFormation, by YAML 1.1, but a text to some tools: write it in quotes`,
    ]);
  });

  it('keeps keys as they are written', async () => {
    const text = '1: a\n1.0: b\n0755: c\n012345678901: d\nyes: e\n~: f\n2010-09-09: g\n"on": h';
    const keys = ['1', '1.0', '0755', '012345678901', 'yes', '~', '2010-09-09', 'on'];
    const notes: string[] = [];
    const read = (await readTemplate(file(text), (note) => notes.push(note))) as object;
    expect(Object.keys(read).sort()).toEqual(keys.sort());
    expect(notes).toEqual([]);
  });

  it('reads them alike with any directive', async () => {
    for (const directive of ['%YAML 1.1\n---\n', '%YAML 1.2\n---\n', '---\n'])
      await expect(yaml(`${directive}a: [yes, 0755, 2010-09-09, y]`)).resolves.toEqual({
        a: [true, 493, '2010-09-09', 'y'],
      });
  });
});

describe('merge keys in YAML', () => {
  it.each([
    ['a map', 'b: {<<: *p, z: 3}', { x: 1, y: 2, z: 3 }],
    ['and lets what is written win, before it and after it', 'b: {y: 9, <<: *p, x: 8}', { x: 8, y: 9 }],
    ['a list of maps, of which the first wins', 'b: {<<: [*p, {x: 7, z: 3}]}', { x: 1, y: 2, z: 3 }],
    ['a map that is written there', 'b: {<<: {x: 1}}', { x: 1 }],
    ['what is named in the same list', 'b: {<<: [&q {x: 4}, *q]}', { x: 4 }],
    ['a map that merges another', 'q: &q {<<: *p, z: 1}\nb: {<<: *q}', { x: 1, y: 2, z: 1 }],
    ['nothing in quotes', 'b: {"<<": 1}', { '<<': 1 }],
    ['a function, in long form', 'b: {<<: {Ref: A}}', { Ref: 'A' }],
  ])('merge %s', async (_, text, b) => {
    await expect(yaml(`p: &p {x: 1, y: 2}\n${text}`)).resolves.toMatchObject({ b });
  });

  it('are read many times over, in a moment', async () => {
    const many = Array.from({ length: 900 }, (_, i) => `k${i}: {<<: *p, y: ${i}}`).join('\n');
    await expect(yaml(`p: &p {x: 1}\n${many}`)).resolves.toMatchObject({ k899: { x: 1, y: 899 } });
  });
});

describe('a key that is there twice', () => {
  it.each([
    ['yaml', 'a: 1\nb: 2\na: 3', '3:1', { a: 3, b: 2 }],
    ['yaml', 'a: 1\n"a": {b: 1}', '2:1', { a: { b: 1 } }],
    ['json', '{"a": 1,\n  "b": 2, "a": 3}', '2:11', { a: 3, b: 2 }],
  ])('has its last value in %s, with a note: %j', async (ending, text, position, value) => {
    const path = file(text, ending);
    const notes: string[] = [];
    await expect(readTemplate(path, (note) => notes.push(note))).resolves.toEqual(value);
    expect(notes).toEqual([
      `${path}:${position}: the key "a" is there twice: CloudFormation takes the last one`,
    ]);
  });

  it('has no more notes than a person reads', async () => {
    const path = file(`{${Array.from({ length: 100 }, () => '"a":1').join()}}`, 'json');
    const notes: string[] = [];
    await readTemplate(path, (note) => notes.push(note));
    expect(notes).toHaveLength(21);
    expect(notes.at(-1)).toBe(`${path} has 79 more places of these kinds`);
  });
});

describe('a template in a wrapping', () => {
  const text = 'Resources:\n  A:\n    Type: T\n    Properties: {N: !Ref B, V: 0755}\n';
  const template = { Resources: { A: { Type: 'T', Properties: { N: { Ref: 'B' }, V: 493 } } } };
  const json = JSON.stringify(template);
  const marked = `\uFEFF${text}`;
  const swapped = Buffer.from(marked, 'utf16le').swap16();

  it.each<[string, string | Buffer, string?]>([
    ['get-template, of YAML', JSON.stringify({ TemplateBody: text, StagesAvailable: ['Original'] })],
    ['get-template, of YAML with CRLF', JSON.stringify({ TemplateBody: text.replaceAll('\n', '\r\n') })],
    ['get-template, of JSON', JSON.stringify({ TemplateBody: template, StagesAvailable: [] })],
    ['get-template, of JSON as a text', JSON.stringify({ TemplateBody: json })],
    [
      'get-template --output yaml',
      `StagesAvailable:\n- Original\nTemplateBody: ${JSON.stringify(text)}\n`,
      'yaml',
    ],
    ['get-template --output yaml, in a block', `TemplateBody: |\n${text.replaceAll(/^/gm, '  ')}\n`, 'yaml'],
    ['get-template --query TemplateBody', JSON.stringify(text)],
    ['get-template --query TemplateBody, of JSON', JSON.stringify(json)],
    ['get-template --query TemplateBody, with any ending', `  ${JSON.stringify(text)}\n`, 'yaml'],
    ['get-template --query TemplateBody --output yaml', `|\n${text.replaceAll(/^/gm, '  ')}`, 'yaml'],
    ['a byte order mark', marked, 'yaml'],
    ['two byte order marks', `\uFEFF${marked}`, 'yaml'],
    ['two byte order marks before JSON', `\uFEFF\uFEFF${json}`],
    ['a byte order mark in a text', JSON.stringify({ TemplateBody: marked })],
    ['UTF-16', Buffer.from(marked, 'utf16le'), 'yaml'],
    ['UTF-16 of JSON without a mark', Buffer.from(json, 'utf16le')],
    ['UTF-16, the other way round', swapped, 'yaml'],
    ['UTF-16 of JSON without a mark, the other way round', Buffer.from(json, 'utf16le').swap16()],
    ['CRLF', text.replaceAll('\n', '\r\n'), 'yaml'],
    ['a directive and an end', `%YAML 1.1\n---\n${text}...\n`, 'yaml'],
  ])('is read in %s', async (_, content, ending = 'json') => {
    await expect(readTemplate(file(content, ending))).resolves.toEqual(template);
  });

  it('is told where it is malformed', async () => {
    expect(await errorOf(file(JSON.stringify({ TemplateBody: 'Resources:\n\tA: 1' }), 'json'))).toBe(
      'malformed-file: FILE:2:1 is malformed YAML: tabs are not allowed as indentation',
    );
  });
});

describe('a file that is not a template', () => {
  it.each([
    ['a tab', 'a:\n\tb: 1', 'FILE:2:1 is malformed YAML: tabs are not allowed as indentation'],
    [
      'an unknown tag',
      'a: !Reff B',
      'FILE:1:4 is malformed YAML: CloudFormation has no tag !Reff; did you mean "!Ref"?',
    ],
    [
      'binary data',
      'a: !!binary aGk=',
      /^malformed-file: FILE:1:4 is malformed YAML: CloudFormation has no tag !!binary; use one of: !Ref, /,
    ],
    [
      'a tag that CloudFormation does not support',
      'a: !!timestamp 2001-01-01',
      'FILE:1:4 is malformed YAML: CloudFormation has no tag !!timestamp; use one of: !Ref, ',
    ],
    [
      'a merge of what is no map',
      'a: {<<: 5}',
      'FILE:1:9 is malformed YAML: "<<" merges a map, or a list of maps',
    ],
    ['a merge of a list', 'a: {<<: [{b: 1}, 5]}', 'FILE:1:9 is malformed YAML: "<<" merges a map, or a list'],
    [
      'two merges',
      'a: {<<: {b: 1}, <<: {b: 2}}',
      'FILE:1:17 is malformed YAML: "<<" is there twice; it merges a',
    ],
    ['an alias of nothing', 'a: *b', 'FILE:1:4 is malformed YAML: the alias *b stands for nothing'],
    [
      'a merge of itself',
      'a: &a {<<: *a}',
      'FILE:1:12 is malformed YAML: the alias *a stands for what it is',
    ],
    ['two documents', 'a: 1\n---\nb: 1', 'FILE:2:1 is malformed YAML: it holds more than one document'],
    ['a key that is a list', '? [a]\n: b', 'FILE:1:3 is malformed YAML: a key must be a text'],
    [
      'a part of itself',
      'a: &a [*a, *a]',
      'FILE:1:8 is malformed YAML: the alias *a stands for what it is a part of',
    ],
    [
      'a list that does not end',
      'a: [b',
      /FILE:1:6 is malformed YAML: flow sequence in block collection must be/,
    ],
    [
      'deep brackets',
      `a: ${'['.repeat(200_000)}`,
      'FILE:1 is malformed YAML: it is nested more than 250 deep',
    ],
    [
      'deep braces',
      `a:\n  ${'{ b: '.repeat(200_000)}`,
      'FILE:2 is malformed YAML: it is nested more than 250 deep',
    ],
    [
      'deep brackets that look closed',
      `a: ${'[ "]", '.repeat(9000)}`,
      'FILE:1 is malformed YAML: it is nested more than 250',
    ],
    ['deep items', '- '.repeat(200_000), 'FILE:1 is malformed YAML: it is nested more than 250 deep'],
    ['deep keys', '? '.repeat(200_000), 'FILE:1 is malformed YAML: it is nested more than 250 deep'],
    ['deep values', ': '.repeat(200_000), 'FILE:1 is malformed YAML: it is nested more than 250 deep'],
    [
      'deep indentation',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'FILE:251 is malformed YAML: it is nested more than 250 deep',
    ],
    [
      'deep items of keys',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(2 * i)}- a:`).join('\n'),
      'FILE:126 is malformed YAML: it is nested more than 250 deep',
    ],
  ])('is refused in YAML for %s', async (_, text, message) => {
    expect(await errorOf(file(text))).toMatch(message);
  });

  it.each([
    ['aliases', 'a: &a [x]', (list: string) => list],
    ['merges', 'a: &a {x: 1}', (list: string) => `{<<: ${list}}`],
  ])('is refused for %s of themselves', async (_, first, of) => {
    const names = 'abcdefghij'.split('');
    const levels = names
      .slice(1)
      .map((name, i) => `${name}: &${name} ${of(`[${Array(9).fill(`*${names[i]}`).join(', ')}]`)}`);
    expect(await errorOf(file([first, ...levels].join('\n')))).toBe(
      'malformed-file: FILE is malformed YAML: aliases repeat parts of it more than 1000 times',
    );
  });

  it.each([
    ['{"a":}', '1:6', 'found "}" where a value is expected'],
    ['{"a": 1,\n}', '2:1', 'found "}" where a key in quotes is expected'],
    ['{"a": [1 2]}', '1:10', 'found "2" where "," or "]" is expected'],
    ['[1,]', '1:4', 'found "]" where a value is expected'],
    ['[}', '1:2', 'found "}" where a value or "]" is expected'],
    ['{a: 1}', '1:2', 'found "a" where a key in quotes or "}" is expected'],
    ['{"a" 1}', '1:6', 'found "1" where ":" is expected'],
    ['{"a": tru}', '1:7', 'found "t" where a value is expected'],
    ['{"a": 01}', '1:7', 'found "0" where a value is expected'],
    ['{"a": 1', '1:8', 'found the end of the file where "," or "}" is expected'],
    ['{"a": 1} {', '1:10', 'found "{" where nothing more is expected'],
    ['{"a": "b\nc"}', '1:9', 'found "\\n" where an escape, or the end of the string, is expected'],
    ['{"a": "\\x"}', '1:8', 'found "\\\\" where an escape, or the end of the string, is expected'],
    ['{"a": "😀" 😀}', '1:12', 'found "😀" where "," or "}" is expected'],
  ])('is refused in JSON: %s', async (text, position, message) => {
    const expected = `malformed-file: FILE:${position} is malformed JSON: ${message}`;
    expect(await errorOf(file(text, 'json'))).toBe(expected);
    expect(await errorOf(file(text, 'json'), readJson)).toBe(expected);
  });

  it('is told as JSON when it is neither JSON nor YAML and begins like JSON', async () => {
    expect(await errorOf(file('{"a": "b" "c"}', 'template'))).toBe(
      'malformed-file: FILE:1:11 is malformed JSON: found "\\"" where "," or "}" is expected',
    );
  });

  it('is refused when JSON is nested 200,000 deep, by the model', async () => {
    const deep = await readTemplate(
      file(`{"Resources":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_001)}`, 'json'),
    );
    expect(() => modelOf(deep, 'deep.json')).toThrow(
      'deep.json is not a CloudFormation template: it is nested more than',
    );
  });

  it.each(['{"Resources":{"__proto__":{"Type":"T"}}}', 'Resources:\n  __proto__:\n    Type: T\n'])(
    'is refused by the model for a key called __proto__: %s',
    async (text) => {
      const template = await readTemplate(file(text));
      expect(() => modelOf(template, 'x')).toThrow('it has a key called "__proto__"');
    },
  );
});

describe('a file that cannot be read', () => {
  it.each([
    ['is missing', () => join(folder, 'none.json'), 'missing-file: FILE is not there'],
    ['is below a file', () => join(file('{}'), 'none.json'), 'missing-file: FILE is not there'],
    ['has no name', () => '', 'missing-file: "" is not there'],
    ['is a directory', () => folder, 'not-a-file: FILE is a directory, not a file'],
    ['is empty', () => file(''), 'empty-file: FILE is empty'],
    ['holds space only', () => file(' \n\t\n'), 'empty-file: FILE is empty'],
    ['is binary', () => file(Buffer.from([0x7b, 0x22, 0xff, 0xfe])), 'not-text: FILE is not text in UTF-8'],
    ['is a ZIP archive', () => file('PK\x03\x04\x14\0'), 'not-text: FILE is a ZIP archive, not text'],
    ['is UTF-32', () => file(Buffer.from('{\0\0\0"\0\0\0')), 'not-text: FILE is not text in UTF-8'],
  ])('because it %s', async (_, path, message) => {
    expect(await errorOf(path())).toBe(message);
  });

  it('because it is too large, before it is read', async () => {
    const path = file('{}');
    truncateSync(path, 100_000_000);
    expect(await errorOf(path)).toBe(
      'large-file: FILE is larger than 64 MiB; CloudFormation accepts templates of up to 1 MB',
    );
  });

  it('because a device has no end', async () => {
    expect(await errorOf('/dev/zero')).toMatch('large-file: FILE is larger than 64 MiB');
  });

  it('because YAML of that size takes too long', async () => {
    expect(await errorOf(file(`a: ${'x'.repeat(9_000_000)}`))).toMatch(
      'large-file: FILE is larger than 8 MiB of YAML',
    );
  });

  it('because it may not be', async () => {
    const path = file('{}');
    chmodSync(path, 0o000);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534); // nothing is unreadable to root
    const error = await errorOf(path).finally(() => isRoot && process.seteuid?.(0));
    expect(error).toBe('unreadable-file: FILE may not be read');
  });
});

it('reads past the mark that some editors put at the start', async () => {
  await expect(readTemplate(file('\uFEFF{"a": 1}', 'json'))).resolves.toEqual({ a: 1 });
});

it('tells the fix', async () => {
  await expect(readTemplate(join(folder, 'none'))).rejects.toMatchObject({
    fix: 'Give the path of a file that exists.',
  });
  await expect(yaml('a: [')).rejects.toMatchObject({
    fix: 'Correct the file there, or give the template as JSON.',
  });
});
