import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Json } from '../../lib/json';

interface Workflow {
  readonly permissions: Json;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly environment: string;
        readonly 'timeout-minutes': number;
        readonly steps: readonly {
          readonly uses?: string;
          readonly run?: string;
          readonly if?: string;
          readonly with?: Readonly<Record<string, string | number>>;
        }[];
      }
    >
  >;
}

const page = readFileSync('docs/aws.md', 'utf8');
const { permissions, jobs } = parse(/```yaml\n([^]*?)```/.exec(page)![1]!) as Workflow;
const { environment, steps, 'timeout-minutes': minutes } = jobs['rehearse']!;

it('lets the job ask for a token, in the environment that the role trusts', () => {
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(environment).toBe('rehearsal');
});

it('has credentials that last as long as the role allows, and longer than the job', () => {
  const seconds = steps.find(({ uses }) => uses?.startsWith('aws-actions/'))!.with!['role-duration-seconds'];
  expect(seconds).toBe(6 * 3600);
  expect(seconds).toBeGreaterThan(minutes * 60);
});

it('tears down whatever became of the rehearsal, with the same credentials', () => {
  const last = steps.at(-1)!;
  expect([last.run, last.if]).toEqual(['npx twin down', 'always()']);
  expect(steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/'))).toBeLessThan(
    steps.findIndex(({ run }) => run?.includes('twin rehearse')),
  );
});
