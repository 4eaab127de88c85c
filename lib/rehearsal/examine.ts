import { TwinError } from '../error';
import type { Coverage, Deployment, Target, Watch } from '../targets/target';

/** What a target could stand up of a staging, and what speaks against it. */
export interface Examination {
  readonly target: string;
  readonly environment: string;
  /** Every tier; empty where the target could not be asked. */
  readonly tiers: readonly Coverage[];
  /** Why nothing can be stood up: what is wrong, and the fix. */
  readonly obstacles: readonly Obstacle[];
  /** What is worth knowing and speaks against nothing. */
  readonly warnings: readonly string[];
}

/** Why something cannot be done, and what to do about it. */
export interface Obstacle {
  readonly message: string;
  readonly fix: string;
}

/** Asks a target whether it could stand a staging up. Starts nothing, and leaves nothing. */
export async function examine(target: Target, deployment: Deployment): Promise<Examination> {
  const handle = target.allocate('doctor');
  const name = { target: target.name, environment: deployment.environment };
  try {
    await target.reach(handle, limitedTo(target.limitSeconds('reach')));
    const watch = limitedTo(target.limitSeconds('preflight'));
    const { tiers, refusals, warnings } = await target.preflight(
      handle,
      { ...deployment, isPlain: true },
      watch,
    );
    const obstacles = refusals.map((message) => ({ message, fix: 'Correct what is named.' }));
    return { ...name, tiers, obstacles, warnings };
  } catch (error) {
    return { ...name, tiers: [], obstacles: [obstacleOf(error)], warnings: [] };
  }
}

/**
 * An error that a user can do something about.
 *
 * @throws what is a fault of ours
 */
export function obstacleOf(error: unknown): Obstacle {
  if (error instanceof TwinError) return { message: error.message, fix: error.fix };
  throw error;
}

const limitedTo = (seconds: number): Watch => ({
  signal: AbortSignal.timeout(seconds * 1000),
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
});
