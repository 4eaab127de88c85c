import type { SqlTier } from '../../../blueprint/blueprint';
import type { Watch } from '../../target';
import { serversOf } from '../sql/arrangement';
import { variablesOf, type Said } from '../sql/declared';
import type { PostgresNode } from './node';
import { applicable, defaultParameters, type AppliedParameters } from './parameters';
import { memoryShareOf } from '../sql/refused-parameters';

/** Whose parameters are asked for. */
export interface AskedParametersProps {
  readonly tier: SqlTier;
  /** What the parameter groups of each member say. */
  readonly said: readonly Said[];
  /** The folder of PostgreSQL. */
  readonly installation: string;
}

/** Asks a server, which it starts and stops, what of the parameter groups of each member it takes. */
export async function parametersOfEach(
  node: PostgresNode,
  { tier, said, installation }: AskedParametersProps,
  watch: Watch,
): Promise<readonly AppliedParameters[]> {
  const { members } = tier;
  if (said.every((it) => Object.keys(it).length === 0))
    return members.map(() => defaultParameters(installation));
  return watch.span('read parameters', async () => {
    await node.start({ name: 'seed' }, watch.signal);
    try {
      const asked: AppliedParameters[] = [];
      for (const [i, member] of members.entries()) {
        const props = {
          said: said[i] ?? {},
          variables: variablesOf(tier, member.class),
          memoryShare: memoryShareOf(serversOf(tier)),
          installation,
        };
        asked.push(await node.session((client) => applicable(client, props)));
      }
      return withEnoughForReplicas(asked);
    } finally {
      await node.stop();
    }
  });
}

/** Settings of which a standby must not have less than its primary: PostgreSQL would not start it. */
const AT_LEAST_THE_PRIMARYS = [
  'max_worker_processes',
  'max_prepared_transactions',
  'max_locks_per_transaction',
];

/** What each member is given, so that each can replicate from any other. */
function withEnoughForReplicas(members: readonly AppliedParameters[]): readonly AppliedParameters[] {
  const most = AT_LEAST_THE_PRIMARYS.flatMap((name) => {
    const stated = members.flatMap(({ settings: { [name]: value } }) => value ?? []);
    return stated.length === 0 ? [] : [[name, String(Math.max(...stated.map(Number)))]];
  });
  const shared = Object.fromEntries(most) as Record<string, string>;
  return members.map(({ settings, notes }) => ({ settings: { ...settings, ...shared }, notes }));
}
