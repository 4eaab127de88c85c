import { renderVerificationPage } from '../../../lib/evidence/html/verification';
import type { Verification } from '../../../lib/evidence/verification';
import { POISON } from '../hostile';
import { check, ran, SOUND, traffic, verificationOf, watching } from '../../verification/sample';

/** What a reader sees of a page, in one line. */
const seen = (verification: Verification): string =>
  renderVerificationPage(verification)
    .replace(/<style>[^]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/\s+/g, ' ');

const goOn = verificationOf(SOUND);
const rollBack = verificationOf(watching(traffic({ 'GET /': [600, 0, 90] })));
const recorded = verificationOf(
  { ...SOUND, release: '1.41.0', baseline: undefined, forecast: undefined },
  { moment: 'before', verdict: 'RECORDED', gates: [], reasons: [] },
);

it.each([
  ['GO ON Prod works with 1.43.0.', goOn],
  ['ROLL BACK 1.43.0 must not stay in Prod: go back to 1.41.0. p95: 90 ms of GET /, before 40 ms', rollBack],
  ['UNDECIDED Prod with 1.43.0 could not be judged.', verificationOf({ ...SOUND, watched: undefined })],
  ['RECORDED Prod with 1.41.0 is what a release is compared with.', recorded],
])('begins with %s', (beginning, verification) => {
  const text = seen(verification);
  expect(text).toContain(beginning);
  expect(text.indexOf(beginning)).toBeLessThan(text.indexOf('Production Prod'));
});

it.each([
  ['twin verify --release 1.41.0 --target local , when 1.41.0 is deployed again.', rollBack],
  [
    'twin verify --release 1.43.0 --target local , when 1.43.0 is deployed.',
    verificationOf({ ...SOUND, ran: ran('1.43.0', { problem: 'Web answered 1.42.0' }) }),
  ],
  ['twin verify --release <release> --target local , when the release is deployed.', recorded],
])('names the next command: %s', (next, verification) => {
  expect(seen(verification)).toContain(`Next ${next}`);
});

it('has nothing left to do after GO ON', () => expect(seen(goOn)).not.toContain('Next'));

it('shows the gates that failed, with those that passed folded below', () => {
  const gates = /<section id="gates"[^]*?<\/section>/.exec(renderVerificationPage(rollBack))![0];
  const [open, folded] = gates.split('<details>');
  expect(open).toContain('2.25 times as long for GET /');
  expect(open).not.toContain('outcome passed');
  expect(folded).toContain('5 gates passed');
  expect(folded).not.toContain('outcome failed');
});

it('shows response times before beside now beside the forecast', () => {
  expect(seen(rollBack)).toContain('Of Before Now Ratio Rehearsed GET / 40 ms 90 ms 2.25 1.1');
});

it('shows checks beside those before the release, what was skipped, and the digests', () => {
  const failed = check({ outcome: 'failed', detail: 'GET / answered 500' });
  const text = seen(verificationOf({ ...SOUND, checks: [failed] }));
  expect(text).toContain('Now, with 1.43.0: 0 of 1 passed. Before, with 1.41.0: 1 of 1 passed.');
  expect(text).toContain('✕ failed GET / answered 500');
  expect(text).toContain('1 check not declared safe in production. admin');
  expect(seen(goOn)).toContain(`This record: ${goOn.seal}`);
  expect(seen(recorded)).not.toContain('Before, with');
});

it('holds whatever a program says as text', () => {
  const checks = [check({ name: POISON, detail: POISON, outcome: 'failed', output: POISON })];
  const page = renderVerificationPage(
    verificationOf({ ...SOUND, checks }, { environment: POISON, skipped: [POISON], notes: [POISON] }),
  );
  expect(page).not.toMatch(/<(script|img)\b/);
  expect(page).not.toMatch(/[^\P{Cc}\n\t]|[\u202A-\u202E\p{Cs}]/u);
});
