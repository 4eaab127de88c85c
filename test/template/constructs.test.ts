import { Origins } from '../../lib/template/constructs';
import { showPath } from '../../lib/template/differences';

const at = (path: unknown) => ({ Type: 'T::T', Metadata: { 'aws:cdk:path': path } });
const construct = (path: unknown): string | undefined =>
  new Origins({ Resources: { A: at(path) } }).construct(['Resources', 'A', 'Properties']);

it.each([
  ['Prod/Default/Orders/Cluster/Resource', 'Orders/Cluster'],
  ['Prod/Orders/Default', 'Orders'],
  ['Prod/Orders', 'Orders'],
  ['Stage/Stack/Resource/Orders', 'Stack/Resource/Orders'],
  ['Prod', ''],
  [7, undefined],
  [undefined, undefined],
])('the construct of %j is %j', (path, expected) => {
  expect(construct(path)).toBe(expected);
});

it('what a template does not tell is not known', () => {
  const none = [
    undefined,
    null,
    [],
    {},
    { Resources: [] },
    { Resources: { A: 1 } },
    { Resources: { A: { Type: 1 } } },
  ];
  for (const template of none) {
    const origins = new Origins(template);
    expect(origins.construct(['Resources', 'A'])).toBeUndefined();
    expect(origins.type(['Resources', 'A'])).toBeUndefined();
    expect(origins.type(['Resources', 'constructor'])).toBeUndefined();
    expect(origins.construct(['Description'])).toBeUndefined();
    expect(origins.source(['Resources', 'A'])).toBeUndefined();
  }
});

it('a resource has a type, what is no resource has none', () => {
  const origins = new Origins({ Resources: { A: at('x') }, Outputs: { B: { Type: 'x' } } });
  expect(origins.type(['Resources', 'A', 'Properties'])).toBe('T::T');
  expect(origins.type(['Outputs', 'B'])).toBeUndefined();
  expect(origins.type([])).toBeUndefined();
});

it('a source is known by the logical id', () => {
  const origins = new Origins({}, (id) => (id === 'A' ? 'lib/a.ts:1:2' : undefined));
  expect(origins.source(['Resources', 'A', 'Properties', 0])).toBe('lib/a.ts:1:2');
  expect(origins.source(['Resources', 'B'])).toBeUndefined();
});

it('a path is shown with dots and brackets', () => {
  expect(showPath(['Resources', 'A', 'Tags', 0, 'Value'])).toBe('Resources.A.Tags[0].Value');
  expect(showPath([0, 'a', 1])).toBe('[0].a[1]');
  expect(showPath([])).toBe('');
});
