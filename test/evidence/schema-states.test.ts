import type { Evidence, Span } from '../../lib/evidence/evidence';
import { renderMarkdown } from '../../lib/evidence/markdown';
import { CONTRACT_KIND, ROLL_BACK_KIND, schemaStatesOf } from '../../lib/evidence/schema-states';
import { renderText } from '../../lib/evidence/text';
import { MIGRATION } from '../../lib/targets/target';
import { go } from './samples';

const span = (name: string): Span => ({
  id: 900,
  parent: null,
  name,
  startedAt: '2026-11-21T04:12:00.000Z',
  ms: 20,
  outcome: 'done',
});

const check = (name: string, outcome: 'passed' | 'failed') => ({
  name,
  kind: 'smoke' as const,
  outcome,
  detail: '',
  startedAt: '2026-11-21T04:12:00.000Z',
  ms: 1,
});

const drill = (kind: string, outcome: 'passed' | 'failed') => ({
  name: kind,
  kind,
  outcome,
  detail: 'seen',
  startedAt: '2026-11-21T04:12:00.000Z',
  ms: 1,
});

const migrated = (rest: Partial<Evidence> = {}): Evidence => ({
  ...go,
  from: '1.41.0',
  to: '1.43.0',
  spans: [span(MIGRATION)],
  baseline: [check('home', 'passed')],
  checks: [check('home', 'passed'), check('orders', 'failed')],
  drills: [],
  ...rest,
});

const outcomes = (of: Evidence): unknown =>
  schemaStatesOf(of)?.rows.map(({ release, met }) => [release, ...met.map(({ outcome }) => outcome)]);

it('says nothing where no migration ran', () => {
  expect(schemaStatesOf({ ...migrated(), spans: [] })).toBeUndefined();
});

it('shows each release on the schema before and after the migration', () => {
  const drills = [drill(ROLL_BACK_KIND, 'passed')];
  expect(schemaStatesOf(migrated({ drills }))?.states).toEqual(['before 1.43.0', 'migrated for 1.43.0']);
  expect(outcomes(migrated({ drills }))).toEqual([
    ['1.41.0', 'passed', 'passed'],
    ['1.43.0', 'skipped', 'failed'],
  ]);
});

it('says where the way back was not tried', () => {
  expect(outcomes(migrated())).toEqual([
    ['1.41.0', 'passed', 'skipped'],
    ['1.43.0', 'skipped', 'failed'],
  ]);
  const whyNot = (of: Partial<Evidence>): string => schemaStatesOf(migrated(of))!.rows[0]!.met[1]!.detail;
  const spans = [span(MIGRATION), span('drill')];
  expect(whyNot({ spans })).toBe('not tried: drills.rollBack is not set');
  expect(whyNot({})).toBe('not tried: the rehearsal ended before');
  expect(whyNot({ spans, notRun: ['roll back and forward'] })).toBe('not tried: the rehearsal ended before');
});

it('shows the candidate on a contracted schema, from which there is no way back', () => {
  const drills = [drill(ROLL_BACK_KIND, 'failed'), drill(CONTRACT_KIND, 'passed')];
  expect(outcomes(migrated({ drills }))).toEqual([
    ['1.41.0', 'passed', 'failed', 'skipped'],
    ['1.43.0', 'skipped', 'failed', 'passed'],
  ]);
});

it('is part of every report', () => {
  const shown = migrated({ drills: [drill(ROLL_BACK_KIND, 'failed')] });
  const text = renderText(shown, { color: false, width: 80, folder: '.twin/a' });
  expect(text).toContain('\nReleases and schemas\n  1.41.0\n');
  expect(text).toMatch(/FAILED +migrated for 1\.43\.0 +roll back failed/);
  expect(renderMarkdown(shown)).toContain('| Release | before 1.43.0 | migrated for 1.43.0 |');
});
