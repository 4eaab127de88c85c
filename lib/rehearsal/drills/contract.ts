import { CONTRACT_KIND } from '../../evidence/schema-states';
import { withDataRead } from '../data';
import { deploymentOf, type StepContext } from '../step';
import { whileWatched } from '../watched';
import { readWritten } from '../written';
import { afterwards, withChecks } from './afterwards';
import type { Drill, DrillKind, Seen } from './drill';

/** The second part of a migration: what only the baseline used is taken away. */
export const CONTRACT: DrillKind<'contract'> = {
  key: 'contract',
  kind: CONTRACT_KIND,
  schema: (z) =>
    z
      .boolean()
      .describe(
        'Whether to run the second part of the migration, `migrate.contract`, where there is one, and to check the candidate after it.',
      ),
  default: true,
  plan: (isWanted, context) => (isWanted && context.parts.target.contracts ? [contractOf(context)] : []),
};

/** Contracts the schema while requests are sent, and checks that the candidate misses nothing. */
function contractOf(context: StepContext): Drill {
  const { parts, ledger } = context;
  const { to, handle } = ledger.value;
  return {
    name: 'contract the schema',
    isOnce: true,
    perform: async (watch) => {
      const { checks, advice, restless } = await withDataRead(context, watch, async () => {
        await whileWatched(context, { during: CONTRACT_KIND, release: to }, watch, () =>
          parts.target.contract(handle, deploymentOf(context, 'to'), watch),
        );
      });
      const { value } = ledger;
      ledger.change({ advice: [...(value.advice ?? []), ...(advice ?? [])], ...(restless && { restless }) });
      const contracted: Seen = { passed: true, detail: `${to} runs on the contracted schema` };
      const seen = await withChecks(context, contracted, afterwards(context), watch);
      const lost = checks.filter(({ outcome }) => outcome === 'failed');
      const written = await readWritten(context, to, watch);
      return [...lost.map(lossOf), ...(written ? [written] : [])].reduce<Seen>(
        (all, it) => ({ ...all, passed: all.passed && it.passed, detail: `${all.detail}\n${it.detail}.` }),
        seen,
      );
    },
  };
}

const lossOf = ({ name, detail }: { name: string; detail: string }): Pick<Seen, 'passed' | 'detail'> => ({
  passed: false,
  detail: `${name}: ${detail}`,
});
