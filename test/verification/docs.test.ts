import { readFileSync } from 'node:fs';
import { renderVerification } from '../../lib/evidence/verification-text';
import { GATES } from '../../lib/verification/gates/registry';
import { SOUND, traffic, verificationOf, watching } from './sample';

const page = readFileSync('docs/verify.md', 'utf8');

it('shows a verification as it is written', () => {
  const slow = watching(traffic({ 'GET /': [600, 0, 90] }));
  const block = /^```text\n(.*?)^```$/ms.exec(page)![1]!;
  expect(block).toBe(
    renderVerification(verificationOf(slow), {
      color: false,
      width: 80,
      file: '.twin/20261121-041200-verify-1.43.0/verification.json',
    }),
  );
  expect(block).toContain('ROLL BACK');
  expect(verificationOf(SOUND).verdict).toBe('GO ON');
});

it('has every gate with its default, and no other', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\S.*?) +\| \S.*\|$/gm)].map(([, key, usual]) => [
    key,
    usual,
  ]);
  const gates = rows.filter(([key]) => GATES.some((gate) => gate.key === key));
  expect(gates).toEqual(
    GATES.map(({ key, default: usual }) => [key, usual === undefined ? 'not judged' : String(usual)]),
  );
});

it('has the exit codes of the command', () => {
  const help = readFileSync('lib/cli/verify.ts', 'utf8');
  const codes = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => code);
  expect(codes).toEqual(['0', '1', '2', '4', '70']);
  for (const code of codes) expect(help).toMatch(new RegExp(`^  ${code} +\\S`, 'm'));
});
