import type { Json, JsonObject } from '../../lib/json';
import { placeholder } from '../../lib/parity/text';
import { modelOf } from '../../lib/template/model';
import { token } from '../../lib/twins/experiments/canonical';
import { fitStack } from '../../lib/twins/experiments/fit';
import type { Observation } from '../../lib/twins/experiments/fitted';
import { anonymizer, spellings } from '../../lib/twins/instances/names';
import type { Paired } from '../../lib/twins/experiments/pairing';
import { textOf } from '../../lib/twins/experiments/text-fit';

/** Production, a staging as it is deployed and as it is made, and neutral instances of which the last two are the same. */
const INSTANCES = [
  { name: 'Prod', n: 4 },
  { name: 'Staging', n: 2, isPassive: true },
  { name: 'Staging', n: 2 },
  { name: 'Kqzm', n: 3 },
  { name: 'Bxtd', n: 7 },
  { name: 'Wgcmfpq', n: 9 },
  { name: 'Rvnh', n: 4 },
  { name: 'Rvnh', n: 4 },
];
interface Instance {
  readonly name: string;
  readonly n: number;
  readonly isPassive?: boolean;
}

/** Constructs by index: members of a class, and others. */
const CONSTRUCTS: Paired[] = [];
const construct = (id: string, constructs: unknown, parent?: Paired): Paired => {
  const it = { index: CONSTRUCTS.length, parent, id, form: id, path: parent ? id : '', constructs };
  CONSTRUCTS.push(it);
  return it;
};
const top = construct('', 'Stack');
const queues = Array.from({ length: 12 }, (_, i) => construct(`Queue${i + 1}`, 'Queue', top));
const words = ['red', 'green', 'blue', 'white', 'black', 'pink', 'grey', 'gold', 'tan'].map((word) =>
  construct(word, 'Topic', top),
);
const other = construct('Other', 'Topic', top);

/** What the properties of one resource have in common, in all instances. */
const fitOf = (resources: (instance: Instance, i: number) => JsonObject) => {
  const observations = INSTANCES.map((instance, i): Observation => {
    const entries = resources(instance, i);
    const present = new Set(Object.keys(entries));
    return {
      label: instance.name,
      documents: new Map([[0, modelOf({ Resources: entries }, 'a template')]]),
      names: new Map(spellings('name', instance.name)),
      anonymous: anonymizer(
        [instance.name, 'Prod', 'Staging'].flatMap((name) => spellings('name', name).map(([, text]) => text)),
      ),
      scale: new Map([['n', instance.n]]),
      isNeutral: i > 2,
      isPassive: instance.isPassive === true,
      has: (index) => index === 0 || present.has(token(index)),
    };
  });
  const fit = fitStack(
    0,
    observations,
    (index) => CONSTRUCTS[index]!,
    (name) => [name],
  );
  const path = (steps: readonly (readonly unknown[])[]): string => steps.map((step) => step[0]).join('.');
  return {
    places: fit.places.map(({ steps, parts }) => `${path(steps.slice(2))}: ${textOf(parts, 0)}`),
    members: fit.members.map(
      ({ steps, count, members }) =>
        `${path(steps)}: ${placeholder(count)} of ${members[0]!.filter((key) => key !== undefined).length}`,
    ),
    keys: fit.keys.map(({ parts }) => textOf(parts, 0)),
    misfits: fit.misfits.map(
      ({ steps, why }) =>
        `${steps
          .map((step) => step.find(Boolean))
          .slice(2)
          .join('.')}: ${why}`,
    ),
  };
};

const one = (properties: (instance: Instance, i: number) => JsonObject) =>
  fitOf((instance, i) => ({ Queue: { Type: 'T', Properties: properties(instance, i) } }));
const NOTHING = { places: [], members: [], keys: [], misfits: [] };

describe('a place', () => {
  it('that is the same everywhere is not looked at, nor what only the passive one has', () => {
    expect(one(({ isPassive }) => ({ Delay: 3, ...(isPassive && { Added: 1 }) }))).toEqual(NOTHING);
  });

  it('follows a factor as a number and in a text', () => {
    expect(one(({ n, name }) => ({ Delay: 60 * n, Name: `${name}-${n}` }))).toEqual({
      ...NOTHING,
      places: ['Properties.Delay: ${60 * n}', 'Properties.Name: ${name}-${n}'],
    });
  });

  it.each<[string, (instance: Instance, i: number) => Json, string]>([
    ['a number by name', ({ name }) => (name === 'Prod' ? 1 : 2), 'it follows no scale factor'],
    [
      'a flag by a factor',
      ({ n }) => n > 3,
      'it is of another kind in some of them, and follows no scale factor',
    ],
    [
      'a number or a text',
      ({ n }) => (n > 3 ? n : String(n)),
      'it is of another kind in some of them, and follows no scale factor',
    ],
    [
      'one number each time',
      (_, i) => 100 + i * i,
      'it is another one when the same is made twice: it reads a random source, or what a module remembers',
    ],
  ])('is refused as %s', (_, value, why) => {
    expect(one((instance, i) => ({ Delay: value(instance, i) }))).toEqual({
      ...NOTHING,
      misfits: [`Properties.Delay: ${why}`],
    });
  });

  it('that only some have is refused', () => {
    expect(one(({ name }): JsonObject => (name === 'Prod' ? { Delay: 3 } : {})).misfits).toEqual([
      'Properties.Delay: it is not there in all of them, and follows no scale factor',
    ]);
  });
});

describe('members', () => {
  const rest = { Type: 'T', Properties: {} };

  it('are entries whose number follows a factor, with their numbers left out', () => {
    const entries = ({ n }: Instance) =>
      Object.fromEntries(queues.slice(0, n + 1).map(({ index }) => [token(index), rest]));
    expect(fitOf(entries)).toEqual({ ...NOTHING, members: ['Resources: ${1 + n} of 5'] });
  });

  it('are entries of one class that say the same, and not the one beside them that says something else', () => {
    const entries = ({ n }: Instance) => ({
      [token(other.index)]: { Type: 'T', Properties: { Fifo: true } },
      ...Object.fromEntries(
        words
          .slice(0, n)
          .map(({ index, id }) => [token(index), { Type: 'T', Properties: { Name: `my-${id}` } }]),
      ),
    });
    expect(fitOf(entries)).toEqual({ ...NOTHING, members: ['Resources: ${n} of 4'] });
  });

  it('are items of lists, and keys with a number', () => {
    const parts = ({ n }: Instance): JsonObject => ({
      List: ['first', ...Array.from({ length: n }, (_, i) => `part${i}`), 'last'],
      Map: Object.fromEntries(Array.from({ length: n }, (_, i) => [`K${i}`, i])),
    });
    expect(one(parts)).toEqual({
      ...NOTHING,
      members: ['Resources.Queue.Properties.List: ${n} of 4', 'Resources.Queue.Properties.Map: ${n} of 4'],
    });
  });

  it('are none when their number is a switch', () => {
    const entries = ({ n }: Instance) =>
      Object.fromEntries(queues.slice(0, n > 3 ? 3 : 2).map(({ index }) => [token(index), rest]));
    expect(fitOf(entries).members).toEqual([]);
    expect(fitOf(entries).misfits).toEqual([': it is not there in all of them, and follows no scale factor']);
  });

  it('that are waited for follow when they are there', () => {
    const entries = (hasAll: boolean) => (instance: Instance) => {
      const mine = queues.slice(0, instance.n).map(({ index }) => token(index));
      const waitsFor = hasAll || instance.name === 'Prod' ? mine : mine.slice(1);
      return {
        ...Object.fromEntries(mine.map((id) => [id, rest])),
        Waiting: { ...rest, DependsOn: waitsFor },
      };
    };
    expect(fitOf(entries(true)).misfits).toEqual([]);
    expect(fitOf(entries(false)).misfits).toEqual(['DependsOn: not all of them wait for the same resources']);
  });
});

it('a key may hold a name, and what is under it is looked at', () => {
  expect(one(({ name, n }) => ({ [`${name}Host`]: n, Fixed: 1 }))).toEqual({
    ...NOTHING,
    keys: ['${name}Host'],
    places: ['Properties.ProdHost: ${n}'],
  });
  expect(one(({ name }) => ({ [name === 'Prod' ? 'A' : 'B']: 1 })).misfits).toHaveLength(2);
});
