import { gate } from '../../lib/deployment-gate/gate';
import { renderAnswer } from '../../lib/deployment-gate/text';
import type { Question } from '../../lib/deployment-gate/verdict-on';
import type { Evidence } from '../../lib/evidence/evidence';
import type { StoredEvidence } from '../../lib/evidence/read';
import type { RehearsalConfig } from '../../lib/config/types';
import type { Deployed } from '../../lib/parity/deployed';
import { scriptDigestOf } from '../../lib/rehearsal/rehearse';
import { go } from '../evidence/samples';

const config: RehearsalConfig = {
  baseline: '1.41.0',
  checks: { smoke: [{ name: 'health answers', path: '/health' }] },
  gates: { allowSkipped: ['Catalog', 'Pages', 'Assets', 'Alarms'] },
};

/** A GO of 1.43.0 in the place of 1.41.0. */
const SOUND: Evidence = {
  ...go,
  subject: { ...go.subject, scriptDigest: scriptDigestOf(config) },
  rehearsal: 'first',
  attempts: [],
};
const PROD = SOUND.subject.prod;
const HOUR = 3_600_000;
const ENDED = Date.parse(SOUND.endedAt);

const stored = (...all: readonly Partial<Evidence>[]): StoredEvidence[] =>
  all.map((change) => ({ folder: '.twin/x', evidence: { ...SOUND, ...change } }));

const ask = (
  rehearsals: readonly StoredEvidence[],
  question: Partial<Question> = {},
  rules: { readonly config?: RehearsalConfig; readonly from?: string } = {},
) =>
  gate(
    { production: PROD, release: '1.43.0', now: new Date(ENDED + HOUR), maxAgeHours: 24, ...question },
    rehearsals,
    { config, from: '1.41.0', ...rules },
  );

/** The same production with one resource changed, one added and one removed. */
const OTHER: Deployed = {
  ...PROD,
  digest: 'another',
  stacks: [
    {
      path: '',
      entries: [
        { ...PROD.stacks[0]!.entries[0]!, digest: 'other' },
        { section: 'Deployment', id: 'stack name', digest: 'new' },
      ],
    },
  ],
};

it('is open for exactly what was given GO', () => {
  expect(ask(stored({}))).toMatchObject({ isOpen: true, reasons: [], changes: [] });
  expect(ask(stored({}))).not.toHaveProperty('fix');
  expect(ask(stored({}), { production: structuredClone(PROD) }).isOpen).toBe(true);
  expect(ask(stored({}), { release: undefined, target: 'local' }).isOpen).toBe(true);
});

it('is closed for anything else, and says what has changed', () => {
  const { isOpen, reasons, changes, fix } = ask(stored({}), { production: OTHER });
  expect({ isOpen, reasons, fix }).toEqual({
    isOpen: false,
    reasons: ['Prod is not what was rehearsed: 3 entries changed since first gave GO'],
    fix: 'Rehearse it: twin rehearse --to 1.43.0.',
  });
  expect(changes.map(({ what, id }) => `${what} ${id}`)).toEqual([
    'changed OrdersCluster',
    'added stack name',
    'removed WebService',
  ]);
  const [entry, ...others] = PROD.stacks[0]!.entries;
  const one = {
    ...PROD,
    digest: 'another',
    stacks: [{ path: '', entries: [{ ...entry!, digest: 'other' }, ...others] }],
  };
  expect(ask(stored({}), { production: one }).reasons).toEqual([
    'Prod is not what was rehearsed: 1 entry changed since first gave GO',
  ]);
  const named = ask(stored({}), { production: { ...PROD, environment: 'ProdB' } });
  expect(named.reasons).toEqual(['ProdB was never rehearsed: first gave GO to Prod']);
});

describe('a second production', () => {
  const production = { ...PROD, environment: 'ProdB', digest: 'with other names' };
  const asked = (first: Question['first'], ...more: readonly StoredEvidence[]) =>
    ask(more.length > 0 ? more : stored({}), { production, first });

  it('is what was rehearsed where it is but for names what was given GO', () => {
    const answer = asked({ production: PROD });
    expect(answer).toMatchObject({ isOpen: true, reasons: [], changes: [] });
    const said = renderAnswer(answer, { release: '1.43.0', production }, new Date(ENDED + HOUR), {
      color: false,
      width: 80,
    });
    expect(said).toContain('OPEN: 1.43.0 may be deployed to ProdB');
    expect(said).toContain('first on local, 1 h ago: GO to Prod');
  });

  it('is judged by what was given NO-GO as well', () => {
    const answer = asked({ production: PROD }, ...stored({ verdict: 'NO-GO', reasons: ['stale reads: 3'] }));
    expect(answer).toMatchObject({ isOpen: false, reasons: ['first gave 1.43.0 NO-GO', 'stale reads: 3'] });
  });

  it('is not where the first one has changed since, and says what', () => {
    const answer = asked({ production: OTHER });
    expect(answer).toMatchObject({
      isOpen: false,
      reasons: [
        'Prod, which ProdB is but for names, is not what was rehearsed: 3 entries changed since first gave GO',
      ],
    });
    expect(answer.changes).toHaveLength(3);
  });

  it('is not where it is another one, and says how it could be', () => {
    expect(
      asked({ production: PROD, unlike: { why: 'it is of another scale', fix: 'Give both the same.' } }),
    ).toMatchObject({
      isOpen: false,
      reasons: ['ProdB was never rehearsed: first gave GO to Prod, and it is of another scale'],
      fix: 'Give both the same.',
      changes: [],
    });
  });
});

it('lets the newest rehearsal of this production decide that was judged', () => {
  const at = (hours: number): string => new Date(ENDED + hours * HOUR).toISOString();
  const no = {
    verdict: 'NO-GO',
    reasons: ['stale reads: 3'],
    rehearsal: 'second',
    endedAt: at(0.5),
  } as const;
  expect(ask(stored({}, no))).toMatchObject({
    isOpen: false,
    reasons: ['second gave 1.43.0 NO-GO', 'stale reads: 3'],
  });
  expect(ask(stored(no, { rehearsal: 'third', endedAt: at(0.9) })).isOpen).toBe(true);
  // what says nothing of a release takes nothing back
  const broken = { ...no, verdict: 'BASELINE FAILED' } as const;
  expect(ask(stored({}, broken, { ...broken, verdict: 'UNDECIDED' })).isOpen).toBe(true);
  // a NO-GO to something else neither
  const another = { ...no, subject: { ...SOUND.subject, prod: OTHER } };
  expect(ask(stored({}, another)).isOpen).toBe(true);
});

it.each<[string, readonly StoredEvidence[], Partial<Question>, string]>([
  ['none', [], {}, 'there is no rehearsal of 1.43.0 on record'],
  ['none of this release', stored({ to: '1.42.9' }), {}, 'there is no rehearsal of 1.43.0 on record'],
  ['none on this target', stored({}), { target: 'aws' }, 'there is no rehearsal of 1.43.0 on aws on record'],
  [
    'none that was judged',
    stored({ verdict: 'UNDECIDED' }),
    {},
    'no rehearsal of 1.43.0 was judged: the newest, first, ended with UNDECIDED',
  ],
  [
    'none of any release that was judged',
    stored({ verdict: 'UNDECIDED' }),
    { release: undefined },
    'no rehearsal of what is about to be deployed was judged: the newest, first, ended with UNDECIDED',
  ],
  [
    'a NO-GO to another production alone',
    stored({ verdict: 'NO-GO', reasons: [], subject: { ...SOUND.subject, prod: OTHER } }),
    {},
    'first gave 1.43.0 NO-GO',
  ],
  ['an old one', stored({}), { maxAgeHours: 0.5 }, 'first gave GO 1 h ago; allowed is 30 min'],
  [
    'one of the future',
    stored({}),
    { now: new Date(ENDED - HOUR) },
    `first ended at ${SOUND.endedAt}, which is in the future: one of the two clocks is wrong`,
  ],
])('is closed where there is %s', (_, rehearsals, question, reason) => {
  expect(ask(rehearsals, question)).toMatchObject({ isOpen: false, reasons: [reason] });
});

it('is open to the second for as long as it is said', () => {
  expect(ask(stored({}), { maxAgeHours: 1 }).isOpen).toBe(true);
  expect(ask(stored({}), { maxAgeHours: 1, now: new Date(ENDED + HOUR + 1000) }).isOpen).toBe(false);
});

it('is closed where production runs another release than the one that was followed', () => {
  expect(ask(stored({}), {}, { from: '1.42.7' })).toMatchObject({
    isOpen: false,
    reasons: ['first has 1.43.0 follow 1.41.0, and production runs 1.42.7'],
  });
});

it('is closed where the repository checks something else', () => {
  const checks = { smoke: [{ name: 'health answers', path: '/healthz' }] };
  expect(ask(stored({}), {}, { config: { ...config, checks } })).toMatchObject({
    isOpen: false,
    reasons: ['the checks, drills or traffic of the config are not those of first'],
  });
});

it('judges what was measured by the gates of today', () => {
  const withGates = (gates: RehearsalConfig['gates']) =>
    ask(stored({}), {}, { config: { ...config, gates } });
  expect(withGates({ ...config.gates, maxFailedChecks: 0, maxMinutes: 5 }).isOpen).toBe(true);
  expect(withGates({ ...config.gates, maxMinutes: 0.1 })).toMatchObject({
    isOpen: false,
    reasons: [expect.stringMatching(/^by the gates of today: time: 0\.\d+ min; allowed: at most 0\.1 min$/)],
  });
  expect(withGates({ allowSkipped: ['Catalog'] })).toMatchObject({
    isOpen: false,
    reasons: [expect.stringMatching(/^by the gates of today: skipped: .*Assets.*; allowed: only Catalog$/)],
  });
});

it('is told in lines of the width that there is', () => {
  const asked = { release: '1.43.0', production: OTHER };
  const options = { width: 60, color: false };
  const text = renderAnswer(
    ask(stored({}), { production: OTHER }),
    asked,
    new Date(ENDED + 2 * HOUR),
    options,
  );
  expect(text).toBe(
    `CLOSED: 1.43.0 must not be deployed to Prod
  - Prod is not what was rehearsed: 3 entries changed since
    first gave GO
Rehearsed   first on local, 2 h ago: GO
Production  Prod, 2 entries in 1 stack, SHA-256 another

Changed since  3 entries
  changed  Orders/Cluster (AWS::RDS::DBCluster)
  added    Deployment, stack name
  removed  Web/Service (AWS::ECS::Service)

Fix  Rehearse it: twin rehearse --to 1.43.0.
`,
  );
  const open = renderAnswer(
    ask(stored({})),
    { release: '1.43.0', production: PROD },
    new Date(ENDED),
    options,
  );
  expect(open).toMatch(/^OPEN: 1\.43\.0 may be deployed to Prod\n/);
  expect(open).toContain('Covered ');
  expect(Math.max(...open.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});
