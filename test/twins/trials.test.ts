import { autoscalingRange, count, defineScale, shards, TwinError } from '../../lib';
import { TriedValues, tryOut, underAnotherName } from '../../lib/twins/experiments/trials';

const scale = defineScale({
  tasks: count({ reason: 'less traffic' }),
  workers: count({ reason: 'fewer jobs' }),
});
const known = [
  { tasks: 6, workers: 6 },
  { tasks: 3, workers: 3 },
];
const tried = () => new TriedValues(scale, known);

describe('the values of trials', () => {
  it('are other ones for each factor, on all sides of the known ones, and none of those', () => {
    const values = [0, 1, 2].map((n) => tried().at(n).values);
    for (const name of ['tasks', 'workers'] as const) {
      const mine = values.map((it) => it[name]);
      expect(new Set([...mine, 3, 6]).size).toBe(5);
      expect(mine.some((n) => n < 3)).toBe(true);
      expect(mine.some((n) => n > 6)).toBe(true);
      expect(mine.some((n) => n > 3 && n < 6)).toBe(true);
    }
  });

  it('do not run in parallel, not even for factors with the same ones', () => {
    const many = defineScale(
      Object.fromEntries('abcdefgh'.split('').map((name) => [name, count({ reason: 'r' })])),
    );
    const all = new TriedValues(many, [
      Object.fromEntries('abcdefgh'.split('').map((name) => [name, 6])),
      Object.fromEntries('abcdefgh'.split('').map((name) => [name, 3])),
    ]);
    const rows = [0, 1, 2].map((n) => all.at(n).values);
    const column = (name: string): string => rows.map((row) => row[name]).join();
    expect(new Set('abcdefgh'.split('').map(column)).size).toBe(8);
  });

  it('are those of the environments where there is no other, and the factor is unproven', () => {
    const two = defineScale({
      parts: shards({ reason: 'less data', max: 3 }),
      tasks: count({ reason: 'r' }),
    });
    const few = new TriedValues(two, [
      { parts: 3, tasks: 6 },
      { parts: 2, tasks: 3 },
    ]);
    expect(few.unproven).toEqual(['parts']);
    expect(new Set([0, 1, 2, 3].map((n) => few.at(n).values.parts))).toEqual(new Set([2, 3]));
  });

  it('leave out those of which nothing can be derived', () => {
    const derived = defineScale(
      { tasks: count({ reason: 'r' }) },
      {
        derived: {
          half: {
            from: ['tasks'],
            value: ({ tasks }) => {
              if (tasks > 6) throw new Error('too many');
              return tasks / 2;
            },
          },
        },
      },
    );
    const values = new TriedValues(derived, [{ tasks: 6 }, { tasks: 3 }]);
    expect([0, 1, 2, 3].map((n) => values.at(n).values.tasks).every((n) => n < 6)).toBe(true);
    expect(values.refused.get('tasks')![0]!.message).toContain('too many');
  });
});

describe('one more trial', () => {
  const isSeen = (_: string, n: number): boolean => [1, 3, 6, 7].includes(n);

  it('has a value that was not seen, on the side where it is wanted', () => {
    const above = tried().further(4, [{ name: 'tasks', side: 'above', of: 6 }], isSeen)!;
    expect(above.values.tasks).toBeGreaterThan(7);
    const below = tried().further(4, [{ name: 'workers', side: 'below', of: 3 }], isSeen)!;
    expect(below.values.workers).toBe(2);
  });

  it('moves the factors that a derived value comes from', () => {
    const derived = defineScale(
      { tasks: count({ reason: 'r' }) },
      { derived: { twice: { from: ['tasks'], value: ({ tasks }) => 2 * tasks } } },
    );
    const values = new TriedValues(derived, [{ tasks: 6 }, { tasks: 3 }]);
    const wanted = [{ name: 'twice', side: 'above', of: 20 }] as const;
    expect(values.further(4, wanted, () => false)!.expressions.get('twice')).toBeGreaterThan(20);
  });

  it('is none where no value is left', () => {
    const two = new TriedValues(defineScale({ parts: shards({ reason: 'less data', max: 3 }) }), [
      { parts: 3 },
      { parts: 2 },
    ]);
    expect(two.further(4, [{ name: 'parts', side: 'above', of: 3 }], () => false)).toBeUndefined();
  });
});

describe('a topology that refuses values', () => {
  it('is tried with others, and what it said is kept', () => {
    const values = tried();
    const made = [0, 1, 2, 3].map((n) =>
      tryOut(
        values,
        () => values.at(n),
        ({ values: { tasks } }) => {
          if (tasks > 5 && tasks !== 6) throw new Error(`${tasks} are too many\nat Topology`);
          return tasks;
        },
      ),
    );
    expect(made.every((tasks) => tasks! <= 5)).toBe(true);
    expect([...values.refused.keys()]).toEqual(['tasks']);
    expect(values.refused.get('tasks')![0]!.message).toMatch(/^\d+ are too many$/);
  });

  it('is tried with others when it is only the combination that it refuses', () => {
    const values = tried();
    const made = tryOut(
      values,
      () => values.at(0),
      ({ values: { tasks, workers } }) => {
        if (tasks < 3 && workers > 3 && workers !== 6) throw new Error('these do not go together');
        return { tasks, workers };
      },
    );
    expect(made).toBeDefined();
  });

  it('gives its own error when it refuses everything', () => {
    const values = tried();
    expect(() =>
      tryOut(
        values,
        () => values.at(0),
        ({ values: { tasks } }) => {
          throw new Error(`not even ${tasks}`);
        },
      ),
    ).toThrow(/^not even \d+$/);
  });

  it('is not tried again when it uses a construct from outside', () => {
    const outside = new TwinError({ code: 'outside-construct', message: 'outside', fix: 'Make it inside.' });
    let times = 0;
    const make = (): never => {
      times++;
      throw outside;
    };
    const values = tried();
    expect(() => tryOut(values, () => values.at(0), make)).toThrow(outside);
    expect(() => underAnotherName(make)).toThrow(outside);
    expect(times).toBe(2);
  });
});

it('a topology that throws under another name asks for its name', () => {
  const cause = new Error('unknown environment Kqzm\nat Topology');
  const make = (): never => {
    throw cause;
  };
  expect(() => underAnotherName(make)).toThrow(
    expect.objectContaining({
      code: 'asks-name',
      message:
        "the environment cannot be made under another name, with production's own values: unknown environment Kqzm",
      cause,
    }),
  );
  expect(underAnotherName(() => 3)).toBe(3);
});

it('a range moves in all its trials, as it does in production', () => {
  const ranges = defineScale({ range: autoscalingRange({ reason: 'no peaks' }) });
  const values = new TriedValues(ranges, [{ range: { min: 4, max: 20 } }, { range: { min: 2, max: 6 } }]);
  for (const n of [0, 1, 2, 3]) {
    const { min, max } = values.at(n).values.range;
    expect(min).toBeLessThan(max);
  }
});
