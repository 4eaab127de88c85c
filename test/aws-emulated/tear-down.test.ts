/**
 * Deletes stagings on emulators of AWS, and asks the services what is left. `cdk synth` makes the templates; the emulator's
 * CloudFormation creates and deletes the stacks, and runs the CDK's own custom resources (such as Custom::S3AutoDeleteObjects) in
 * Node, in the order that the template demands. What the emulators lack is told at the end.
 */
import { tearDownFindings } from '../../lib/checks/tear-down';
import { BEYOND_CASES } from './beyond-cases';
import { bootstrap } from './bootstrap';
import type { Cases } from './case';
import { added, census, silenced, type Census } from './census';
import { DATA_CASES } from './data-cases';
import { start, type Emulator, type EmulatorName } from './emulator';
import { live, type Life } from './life';
import { NETWORK_CASES } from './network-cases';
import { pairOf } from './pair';
import { SERVICE_CASES } from './service-cases';
import { summary, whyNot, type Beyond } from './summary';

const CASES: Cases = { ...DATA_CASES, ...NETWORK_CASES, ...SERVICE_CASES };
const NAMES = Object.keys(CASES);
const DANGERS = NAMES.filter((name) => CASES[name]!.danger);
const AT_LEAST = 140;

/** The emulators of one kind of stack: what productions leave must not be in the way of stagings. */
type Emulators = Readonly<Record<EmulatorName, Emulator>>;
let forStagings: Emulators;
let forOthers: Emulators;
/** What was in the emulators of stagings before the first of them. */
const virgin = new Map<EmulatorName, Census>();

/** The last words, below all that jest says. */
let told = '';

const running: Emulator[] = [];

async function startOne(name: EmulatorName): Promise<Emulator> {
  const emulator = await start(name);
  running.push(emulator);
  await bootstrap(emulator);
  return emulator;
}

async function startBoth(): Promise<Emulators> {
  const [ministack, moto] = await Promise.all([startOne('ministack'), startOne('moto')]);
  return { ministack, moto };
}

beforeAll(async () => {
  [forStagings, forOthers] = await Promise.all([startBoth(), startBoth()]);
  for (const emulator of Object.values(forStagings)) virgin.set(emulator.name, await census(emulator));
});
afterAll(async () => {
  process.stdout.write(told);
  await Promise.all(running.map((it) => it.stop()));
});

/** Does something once for each name. */
function once<T>(work: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const done = new Map<string, Promise<T>>();
  return (name) => {
    if (!done.has(name)) done.set(name, work(name));
    return done.get(name)!;
  };
}

const pair = once(async (name) => pairOf(name, CASES[name]!, 'retain'));

const stagingLife = once(async (name) => {
  const { on = 'ministack', fill } = CASES[name]!;
  return live(forStagings[on], (await pair(name)).staging, fill);
});

const productionLife = once(async (name) => {
  const { on = 'ministack', fill } = CASES[name]!;
  return live(forOthers[on], (await pair(name)).prod, fill);
});

/** Of a production that retains nothing, so that what stays does so for the danger. */
const endangeredLife = once(async (name) => {
  const { on = 'ministack', fill, danger } = CASES[name]!;
  return live(forOthers[on], pairOf(`${name}Loose`, CASES[name]!, danger!.removal ?? 'destroy').prod, fill);
});

const beyondLife = once(async (type) => {
  const it = BEYOND_CASES[type]!;
  return live(
    forOthers[it.on ?? 'ministack'],
    pairOf(type.replaceAll('::', ''), it, 'retain').staging,
    undefined,
  );
});

const all = async <T>(work: (name: string) => Promise<T>, names: readonly string[]): Promise<T[]> => {
  const results: T[] = [];
  for (const name of names) results.push(await work(name));
  return results;
};

/** What a life left, but for what the emulator leaves of any. */
const leftOf = (name: string, { left }: Life): string[] =>
  left.filter(({ type }) => type !== CASES[name]!.leftByEmulator).map((it) => `${it.type} ${it.name}`);

const typesIn = (lives: readonly Life[], of: (life: Life) => readonly string[]): Set<string> =>
  new Set(lives.flatMap(of).filter((type) => type.startsWith('AWS::')));

it.each(NAMES)('nothing is left of the staging of %s, and nothing stops its deletion', async (name) => {
  const life = await stagingLife(name);
  const { notMade, notDeleted, silenced: unknown } = life;
  expect({ notMade, notDeleted, left: leftOf(name, life), unknown }).toEqual({ left: [], unknown: [] });
});

it.each(NAMES)('of the production of %s, which is retained, each type stays', async (name) => {
  const life = await productionLife(name);
  expect({ notMade: life.notMade, notDeleted: life.notDeleted }).toEqual({});
  const left = new Set(life.left.map(({ type }) => type));
  expect(life.seen.filter((type) => !left.has(type))).toEqual([]);
});

it.each(DANGERS)(
  'of the production of %s, not retained, something stays if the emulator has the danger',
  async (name) => {
    const life = await endangeredLife(name);
    expect(life.notMade).toBeUndefined();
    const isSeen = life.notDeleted !== undefined || leftOf(name, life).length > 0;
    expect(isSeen).toBe(CASES[name]!.danger!.isEmulated);
  },
);

it('the synth finds nothing against the tear-down of any staging either', async () => {
  const pairs = await all(pair, NAMES);
  expect(pairs.flatMap(({ staging }) => tearDownFindings(staging.template))).toEqual([]);
});

it.each(Object.keys(BEYOND_CASES))('%s is beyond the emulators', async (type) => {
  const { seen, notDeleted, left } = await beyondLife(type);
  expect(seen.includes(type) && notDeleted === undefined && left.length === 0).toBe(false);
});

it('the emulators are as they were before the stagings', async () => {
  await all(stagingLife, NAMES);
  const allowed = new Set(NAMES.map((name) => CASES[name]!.leftByEmulator));
  for (const emulator of Object.values(forStagings)) {
    const [before, after] = [virgin.get(emulator.name)!, await census(emulator)];
    expect(added(before, after).filter(({ type }) => !allowed.has(type))).toEqual([]);
    expect(silenced(before, after)).toEqual([]);
  }
});

it(`at least ${AT_LEAST} resource types are made, listed by their services, deleted and gone`, async () => {
  const stagings = await all(stagingLife, NAMES);
  const gone = typesIn(stagings, ({ notDeleted, seen }) => (notDeleted === undefined ? seen : []));
  const beyond: Beyond[] = [];
  for (const type of typesIn(stagings, ({ declared }) => declared)) {
    if (gone.has(type)) continue;
    const why = whyNot(
      type,
      stagings.find(({ declared }) => declared.includes(type))!,
    );
    beyond.push({ type, on: 'ministack', why });
  }
  for (const type of Object.keys(BEYOND_CASES))
    beyond.push({
      type,
      on: BEYOND_CASES[type]!.on ?? 'ministack',
      why: whyNot(type, await beyondLife(type)),
    });
  told = summary({
    gone: [...gone],
    dangers: DANGERS.map((name) => CASES[name]!.danger!),
    leftByEmulator: [...new Set(NAMES.flatMap((name) => CASES[name]!.leftByEmulator ?? []))],
    beyond,
  });
  expect(gone.size).toBeGreaterThanOrEqual(AT_LEAST);
});
