import type { Cutover } from '../../lib/evidence/cutover';
import { renderCutover } from '../../lib/evidence/cutover-text';
import { renderText } from '../../lib/evidence/text';
import { renderVerification } from '../../lib/evidence/verification-text';
import { SOUND, traffic, verificationOf, watching } from '../verification/sample';
import { baselineFailed, go, noGo } from './samples';

const options = { color: false, width: 80 };
/** What follows the last empty line of a report. */
const endOf = (text: string): string => text.trimEnd().split('\n\n').at(-1)!;

const goOn = verificationOf(SOUND);
const rollBack = verificationOf(watching(traffic({ 'GET /': [600, 0, 90] })));
const clean = { ...noGo, tearDown: go.tearDown };

it.each([
  [go, 'GO for 4 of 8 tiers: 1.43.0', 'twin gate --release 1.43.0, before it is deployed'],
  [
    { ...go, group: { name: 'g', stagings: ['Staging', 'StagingBig'], beside: ['1.41.0'] } },
    'GO in StagingEphemeral, 1 of 2 stagings, for 4 of 8 tiers: 1.43.0',
    'twin gate --release 1.43.0, when all rehearsals of it have given GO',
  ],
  [
    { ...go, group: { name: 'g', stagings: ['StagingEphemeral'], beside: ['1.41.0', '1.38.0'] } },
    'GO for 4 of 8 tiers: 1.43.0',
    'twin gate --release 1.43.0, when all rehearsals of it have given GO',
  ],
  [clean, 'NO-GO: 1.42.0', 'twin rehearse --to 1.42.0 --target local, when 1.42.0 is mended'],
  [
    { ...clean, gates: [], reasons: ['stopped by SIGINT before it was judged'] },
    'NO-GO: the rehearsal of 1.42.0 was interrupted, so it may not follow 1.41.0',
    'twin rehearse --to 1.42.0 --target local, to run all of it',
  ],
  [
    baselineFailed,
    'BASELINE FAILED: ',
    `twin rehearse --to ${baselineFailed.to} --target local, when staging`,
  ],
  [
    { ...clean, verdict: 'UNDECIDED' as const },
    'UNDECIDED: ',
    'twin rehearse --to 1.42.0 --target local, when that',
  ],
  [noGo, 'NO-GO: 1.42.0', `${noGo.tearDown.finish!}, to remove the leftovers`],
])('a rehearsal ends with its verdict, and the next command beneath it: %#', (evidence, verdict, next) => {
  const end = endOf(renderText(evidence, options));
  expect(end.startsWith(verdict)).toBe(true);
  expect(end.replaceAll(/\n {6}/g, ' ')).toContain(`\nNext  ${next}`);
});

it('a verification ends so too; with GO ON there is nothing left to do', () => {
  expect(endOf(renderVerification(rollBack, options))).toMatch(
    /^ROLL BACK: .*(\n .*)*\nNext {2}twin verify --release /,
  );
  expect(endOf(renderVerification(goOn, options))).toMatch(/^GO ON: [^\n]*$/);
});

it.each([
  ['MOVED', 'npx twin cutover --to Prod, to move the traffic back: Prod still stands'],
  ['MOVED BACK', 'npx twin cutover --to ProdB, when ProdB is mended: it still stands'],
  ['NOT MOVED', 'npx twin cutover --to ProdB, when ProdB is mended: it still stands'],
  ['UNDECIDED', 'npx twin cutover --to ProdB, when that is mended'],
  ['NOT MOVED BACK', 'npx twin cutover --to Prod, to bring the traffic back'],
] as const)('a cutover ends so too: %s', (verdict, next) => {
  const cutover: Cutover = {
    version: 1,
    kind: 'cutover',
    tool: '0.1.0',
    cutover: '20261130-1200-cutover-ProdB',
    target: 'local',
    from: { environment: 'Prod', release: '1.42.0', assemblyDigest: 'a' },
    to: { environment: 'ProdB', release: '1.43.0', assemblyDigest: 'b' },
    startedAt: '2026-11-30T12:00:00.000Z',
    endedAt: '2026-11-30T12:01:00.000Z',
    verdict,
    reasons: [],
    steps: [],
    gatesDigest: 'c',
    spans: [],
    seal: 'd',
  };
  const end = endOf(renderCutover(cutover, options));
  expect(end.startsWith(`${verdict}: `)).toBe(true);
  expect(end.replaceAll(/\n {6}/g, ' ')).toContain(`\nNext  ${next}`);
});
