import { TwinError } from '../../lib/error';
import { count, instanceClass } from '../../lib/scale/kinds';
import { defineScale } from '../../lib/scale/definition';
import {
  checkDeclared,
  checkMeasurable,
  checkProportion,
  measure,
  type Proportion,
} from '../../lib/scale/proportions';
import { auroraMaxConnections } from '../../lib/scale/sizes';
import { problems, thrown } from './thrown';

const reason = 'Staging is smaller.';

interface Values {
  readonly asked: number;
  readonly offered: number;
}

const connections: Proportion<Values> = {
  name: 'connections',
  asked: ({ asked }) => asked,
  offered: ({ offered }) => offered,
  tolerance: 0.3,
};

const at = (value: number, tolerance = 0.3) => ({ name: 'connections', tolerance, value });

describe('a proportion', () => {
  it('is what is asked over what is offered', () => {
    expect(measure(connections, { asked: 450, offered: 1800 })).toEqual(at(0.25));
    expect(measure(connections, { asked: 0.1, offered: 0.2 })).toEqual(at(0.5));
  });

  it('may be nothing, when nothing is asked', () => {
    expect(measure(connections, { asked: 0, offered: 1800 }).value).toBe(0);
  });

  test.each([
    [1, 0],
    [0, 0],
    [NaN, 1],
    [1, NaN],
    [Infinity, 1],
    [Infinity, Infinity],
    [-1, 1],
    [1, -1],
    [1e308, 1e-308],
  ])('is refused with %d asked and %d offered', (asked, offered) => {
    const values = { asked, offered };
    const message = `${asked} is asked and ${offered} is offered; allowed are numbers, asked from 0 up and offered above 0`;
    const fix = "Let the proportion's functions return such numbers for every legal value.";
    expect(thrown(() => measure(connections, values))).toMatchObject({ code: 'proportion', message, fix });
    expect(checkMeasurable(connections, values)).toEqual([
      { factor: 'connections', rule: 'proportion', message: `connections: ${message}`, fix },
    ]);
  });

  it('is nothing, where there is no end of what is offered', () => {
    expect(measure(connections, { asked: 1, offered: Infinity }).value).toBe(0);
  });

  it('that is a number is nothing to speak of', () => {
    expect(checkMeasurable(connections, { asked: 1, offered: 2 })).toEqual([]);
  });

  it('whose function has a bug shows the bug', () => {
    const bug = new TypeError('no such property');
    const broken: Proportion<Values> = {
      ...connections,
      asked: () => {
        throw bug;
      },
    };
    expect(() => checkMeasurable(broken, { asked: 1, offered: 1 })).toThrow(bug);
  });
});

describe('a scaled environment', () => {
  test.each([
    [1, 1, 0],
    [1, 1.3, 0.3],
    [1, 0.7, 0.3],
    [0.1, 0.13, 0.3],
    [0.3, 0.21, 0.3],
    [7, 9.1, 0.3],
    [2, 0, 1],
    [2, 4, 1],
    [0, 0, 0.3],
  ])('of production’s %d may have %d, within %d', (prod, scaled, tolerance) => {
    expect(checkProportion(at(prod, tolerance), at(scaled, tolerance))).toEqual([]);
  });

  test.each([
    [1, 1.31, 0.3, "asked / offered is 1.31 where production's is 1; 0.7 to 1.3 is allowed"],
    [1, 0.69, 0.3, "asked / offered is 0.69 where production's is 1; 0.7 to 1.3 is allowed"],
    [0.123456, 0.5, 0.5, "asked / offered is 0.5 where production's is 0.123; 0.0617 to 0.185 is allowed"],
    [2, 2.01, 0, "asked / offered is 2.01 where production's is 2; 2 to 2 is allowed"],
    [0, 0.1, 0.3, "asked / offered is 0.1 where production's is 0; 0 to 0 is allowed"],
    [2, 4.1, 1, "asked / offered is 4.1 where production's is 2; 0 to 4 is allowed"],
  ])('of production’s %d may not have %d, within %d', (prod, scaled, tolerance, message) => {
    expect(checkProportion(at(prod, tolerance), at(scaled, tolerance))).toEqual([
      {
        factor: 'connections',
        rule: 'proportion',
        message: `connections: ${message}`,
        fix: 'Scale both sides of the proportion alike.',
      },
    ]);
  });
});

describe('the declaration of a proportion', () => {
  test.each([0, 0.5, 1])('may have the tolerance %d', (tolerance) => {
    expect(() => checkDeclared([{ ...connections, tolerance }])).not.toThrow();
  });

  test.each([-0.1, 1.1, 30, Infinity, -Infinity, NaN])('may not have the tolerance %d', (tolerance) => {
    expect(thrown(() => checkDeclared([{ ...connections, tolerance }]))).toMatchObject({
      code: 'proportion',
      message: `the proportion "connections" has the tolerance ${tolerance}; allowed is 0 to 1`,
      fix: "Give the tolerance as a share of production's proportion, such as 0.3.",
    });
  });

  it('has a name of its own', () => {
    const fix = 'Give each proportion a name of its own.';
    expect(thrown(() => checkDeclared([connections, connections]))).toMatchObject({
      code: 'proportion',
      message: 'two proportions are called "connections"',
      fix,
    });
    expect(thrown(() => checkDeclared([{ ...connections, name: ' ' }]))).toMatchObject({
      code: 'proportion',
      message: 'a proportion has no name',
      fix,
    });
  });

  it('is checked where the scale is defined', () => {
    const props = { proportions: [{ name: 'x', asked: () => 1, offered: () => 1, tolerance: Infinity }] };
    expect(() => defineScale({ tasks: count({ reason }) }, props)).toThrow(TwinError);
  });
});

describe('a scale with proportions', () => {
  const definition = defineScale(
    { tasks: count({ reason }), instance: instanceClass({ reason }) },
    {
      proportions: [
        {
          name: 'connections',
          asked: ({ tasks }) => tasks * 100,
          offered: ({ instance }) => auroraMaxConnections(instance),
          tolerance: 0.2,
        },
        { name: 'tasks for each size', asked: ({ tasks }) => tasks, offered: () => 10, tolerance: 1 },
      ],
    },
  );
  const prod = { tasks: 8, instance: 'r7g.xlarge' };

  it('tells each at its values', () => {
    const bound = definition.bindScaled('Staging', prod, { tasks: 4, instance: 'r7g.large' });
    expect(bound.proportions).toEqual([
      { name: 'connections', tolerance: 0.2, value: 400 / 1802 },
      { name: 'tasks for each size', tolerance: 1, value: 0.4 },
    ]);
    expect(definition.bindProduction('Prod', prod).proportions[0]!.value).toBe(800 / 3604);
  });

  it('refuses a tier that is not scaled with the other', () => {
    expect(problems(() => definition.bindScaled('Staging', prod, { instance: 'r7g.large' }))).toEqual([
      'the scale of "Staging" breaks a rule:',
      "connections: asked / offered is 0.444 where production's is 0.222; 0.178 to 0.266 is allowed. Scale both sides of the proportion alike.",
    ]);
  });

  it('does not tell of a proportion without a value when a broken shape leads to it', () => {
    expect(
      problems(() => definition.bindScaled('Staging', prod, { instance: 'm7g.large', tasks: 1 })),
    ).toEqual([
      'the scale of "Staging" breaks 2 rules:',
      'tasks: got 1 where production has 8; allowed is 2 or more. Keep 2 or more: a scale factor changes how many there are, never whether there are any or several.',
      'instance: got "m7g.large" where production has "r7g.xlarge"; family, generation and architecture stay. Choose a size of r7g.',
    ]);
  });

  it('tells which proportion of production has no number', () => {
    const unknown = { tasks: 8, instance: 'm7g.large' };
    expect(problems(() => definition.bindProduction('Prod', unknown))).toEqual([
      'the scale of "Prod" breaks a rule:',
      `connections: ${UNKNOWN}`,
    ]);
    expect(problems(() => definition.bindScaled('Staging', unknown, {}))).toEqual([
      'the scale of "Staging" breaks a rule:',
      `in production: connections: ${UNKNOWN}`,
    ]);
  });

  it('is not asked for proportions of values that are illegal', () => {
    expect(problems(() => definition.bindScaled('Staging', prod, { instance: 'huge', tasks: 2 }))).toEqual([
      'the scale of "Staging" breaks a rule:',
      'instance: got "huge"; allowed is a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search". Give instance a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search".',
    ]);
  });
});

const UNKNOWN =
  'nothing is known of the memory of "m7g.large"; known are: r6g, r7g and r8g from large up, t4g.medium and t4g.large. Give the proportion a function of your own that returns the number for this class.';
