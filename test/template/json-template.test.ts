import fc from 'fast-check';
import { parseJsonTemplate } from '../../lib/template/json-template';

function read(text: string): { value: unknown; notes: string[] } {
  const notes: string[] = [];
  return { value: parseJsonTemplate('a.json', text, (note) => notes.push(note)), notes };
}

it.each([
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['9007199254740991', 9007199254740991],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1e999', '1e999'],
  ['-1e999', '-1e999'],
  ['1e3', 1000],
  ['1.0', 1],
  ['1.5e300', 1.5e300],
  ['0.1234567890123456789', Number('0.1234567890123456789')],
])('keeps what it can of %s', (text, value) => {
  for (const json of [`{"a":${text}}`, `{"a": [1,\n ${text} ]}`, `[[${text}]]`, text, ` ${text}\n`])
    expect(read(json).value).toEqual(JSON.parse(json.replace(text, JSON.stringify(value))));
});

it('leaves numbers in texts and keys as they are', () => {
  const json = '{"9007199254740993": "9007199254740993, \\"a\\": 9007199254740993", "b": [9007199254740993]}';
  expect(read(json).value).toEqual({
    '9007199254740993': '9007199254740993, "a": 9007199254740993',
    b: ['9007199254740993'],
  });
});

it('takes the last of two equal keys, and says where it is', () => {
  expect(read('{"a": {"b": 1,\n  "b": 2, "c": {"b": 3}},\n "a" : {"b": 4}}')).toEqual({
    value: { a: { b: 4 } },
    notes: [
      'a.json:2:3: the key "b" is there twice: CloudFormation takes the last one',
      'a.json:3:2: the key "a" is there twice: CloudFormation takes the last one',
    ],
  });
});

it.each([
  '{"a": ":", "b": [":", ": "], "c": "\\\\", "d": "\\":", "e\\"": 1}',
  '{"a": [{"b": 1}, {"b": 1}], "c": {"b": 1}, "": {"": 1}}',
  '{"a": "\\\\\\"", "b": "\\\\\\\\"}',
  '"a"',
  '[]',
  'null',
])('sees no key twice in %s', (json) => {
  expect(read(json)).toEqual({ value: JSON.parse(json), notes: [] });
});

it('knows a key by what it says, however it is written', () => {
  expect(read('{"a\\u0062": 1, "ab": 2}').notes).toEqual([
    'a.json:1:16: the key "ab" is there twice: CloudFormation takes the last one',
  ]);
});

/** What integers come to that JavaScript may have rounded. */
const inDigits = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value))
    ? String(value)
    : value;

it('reads any other JSON as JSON.parse does, without a note', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
      const text = JSON.stringify(JSON.parse(json), undefined, space);
      expect(read(text)).toEqual({ value: JSON.parse(text, inDigits) as unknown, notes: [] });
    }),
  );
});

it('finds any key that is put in a second time', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (it) => {
      const key = JSON.stringify(Object.keys(it)[0]);
      const { value, notes } = read(`${JSON.stringify(it).slice(0, -1)},${key}:9007199254740993}`);
      expect(notes).toHaveLength(1);
      expect((value as Record<string, unknown>)[JSON.parse(key) as string]).toBe('9007199254740993');
    }),
  );
});

it('goes down as deep as JSON.parse', () => {
  const json = `${'[{"a":9007199254740993,"a":'.repeat(5000)}1${'}]'.repeat(5000)}`;
  expect(read(json).notes).toHaveLength(5000);
});
