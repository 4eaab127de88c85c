import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { blueprintOf } from '../blueprint/read-blueprint';
import type { Side } from '../cutover/cutover';
import { checkData } from '../cutover/data';
import { didYouMean, TwinError } from '../error';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import type { Ledger } from '../rehearsal/ledger';
import { productionDeployment, standingProductions } from '../rehearsal/production';
import type { Rehearsals } from '../rehearsal/rehearsals';
import { checkTwin } from '../rehearsal/second-production';
import type { ProductionPlace } from '../targets/production';
import type { Handle } from '../targets/target';
import type { Traffic } from '../targets/traffic';
import type { Rules } from './context';

/** What names the productions of a cutover. */
export interface PartyFlags {
  readonly to: string;
  readonly target: string;
  readonly release?: string;
  readonly fromRelease?: string;
}

/** One of the two productions between which traffic is moved. */
export interface Party {
  readonly environment: string;
  readonly handle: Handle;
  /** The folder of its ledger, which nobody else works on meanwhile. @default - others deployed it */
  readonly rehearsal?: string;
  /** Opens it, with what it runs. */
  side(signal: AbortSignal): Promise<Side>;
}

/** The first production, whose traffic it was at the beginning, and the second one. */
export interface Parties {
  readonly first: Party;
  readonly second: Party;
}

/** Finds the two productions: where the config names them by that, otherwise those that stand here. */
export const partiesOf = (
  flags: PartyFlags,
  traffic: Traffic,
  rules: Rules,
  rehearsals: Rehearsals,
): Parties =>
  traffic.productions
    ? deployedParties(flags, traffic.productions, rules)
    : standingParties(flags, rules, rehearsals);

/** @throws TwinError `no-production`, `environment`, `usage` */
function standingParties(
  { to, target, release, fromRelease }: PartyFlags,
  rules: Rules,
  rehearsals: Rehearsals,
): Parties {
  if (release !== undefined || fromRelease !== undefined)
    throw new TwinError({
      code: 'usage',
      message: `on the target ${target} each production knows its release, and ${release === undefined ? '--from-release' : '--release'} names one`,
      fix: 'Leave it out.',
    });
  const standing = standingProductions(rehearsals);
  const second = standing.find(({ beside }) => beside !== undefined);
  const first = standing.find(({ rehearsal }) => rehearsal === second?.beside);
  const names = standing.flatMap(({ environment }) => environment ?? []);
  if (!names.includes(to) && names.length > 0)
    throw new TwinError({
      code: 'environment',
      message: `no production "${to}" stands on this machine; ${didYouMean(to, names)}`,
      fix: `Stand it up beside the other one: twin production up --environment ${to} --release <release>.`,
    });
  if (!first || !second)
    throw new TwinError({
      code: 'no-production',
      message: `traffic is moved between two productions, and ${names.length === 0 ? 'none stands' : `${names.join()} stands alone`} on this machine`,
      fix: 'Stand a second one up: twin production up --environment <name> --release <release>.',
    });
  const partyOf = (ledger: Ledger): Party => {
    const { handle, rehearsal, environment = '' } = ledger;
    const deployment = productionDeployment(rehearsals, ledger);
    const side = () => Promise.resolve(sideAt({ deployment, handle }, target, rules));
    return { environment, handle, rehearsal, side };
  };
  return { first: partyOf(first), second: partyOf(second) };
}

/** @throws TwinError `environment`, `usage` */
function deployedParties(
  { to, target, release, fromRelease }: PartyFlags,
  [first, second]: readonly [Handle, Handle],
  rules: Rules,
): Parties {
  const names = [first.name, second.name];
  if (!names.includes(to))
    throw new TwinError({
      code: 'environment',
      message: `the config shares no traffic with a production "${to}"; ${didYouMean(to, names)}`,
      fix: `Name one of ${names.join(' and ')}, or correct the names in the config.`,
    });
  if (release === undefined)
    throw new TwinError({
      code: 'usage',
      message: `nothing says which release ${to} runs`,
      fix: 'Name it, such as --release 1.43.0; --from-release is that of the other one, unless it is "baseline" of the config.',
    });
  const checkPair = (assembly: string): void => {
    checkTwin(assembly, second.name, first.name);
    checkData(blueprintOf(assembly, to), rules.config.cutover?.data ?? {});
  };
  const partyOf = (handle: Handle): Party => ({
    environment: handle.name,
    handle,
    side: (signal) =>
      handle.name === to
        ? synthesized(release, handle, checkPair, signal)
        : synthesized(fromRelease ?? rules.config.baseline, handle, () => {}, signal),
  });
  /** What is deployed of a release, as far as its assembly says it. */
  const synthesized = async (
    of: string,
    { name: environment }: Handle,
    check: (assembly: string) => void,
    signal: AbortSignal,
  ): Promise<Side> => {
    const scratch = mkdtempSync(join(tmpdir(), 'twin-cutover-'));
    const assembly = resolve(scratch, 'assembly');
    const log = join(scratch, 'synth.log');
    await rules.synthesize({ release: of, context: {}, output: assembly, log, signal });
    check(assembly);
    const side = sideAt({ deployment: { release: of, assembly, environment } }, target, rules);
    rmSync(scratch, { recursive: true }); // the errors until then name its files
    return side;
  };
  return { first: partyOf(first), second: partyOf(second) };
}

function sideAt(place: ProductionPlace, target: string, { openProduction }: Rules): Side {
  const { environment, assembly, release } = place.deployment;
  const { digest: assemblyDigest } = deployedOf(new Assembly(assembly), environment);
  return { environment, release, assemblyDigest, production: openProduction(target, place) };
}
