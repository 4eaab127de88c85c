import type { Handle } from '../target';
import { AWS_DEFAULTS, type AwsSection } from './config';
import { isNotThere } from './failed-call';
import { stacksIn } from './handle';
import { liveTiers, type LiveTier } from './live-tiers';
import type { Places } from './places';
import { AwsProbes } from './probes';

/** What stands of environments, and how it is looked at from inside. */
export class Standing {
  /**
   * @param folder - in which the team's commands run
   * @param script - what tasks inside the network run
   */
  constructor(
    private readonly config: AwsSection,
    private readonly places: Places,
    private readonly folder: string,
    private readonly script: string,
    private readonly pollMs: number,
  ) {}

  async tiers(handle: Handle, signal: AbortSignal): Promise<LiveTier[]> {
    const { environment = '' } = handle;
    return liveTiers(environment, stacksIn(handle), (await this.places.checked(handle, signal)).in, signal);
  }

  /** Those that stand already; none before there is a stack. */
  async tiersSoFar(handle: Handle, environment: string, signal: AbortSignal): Promise<LiveTier[]> {
    try {
      return await this.tiers({ ...handle, environment }, signal);
    } catch (error) {
      if (isNotThere(error)) return [];
      throw error;
    }
  }

  probes(handle: Handle, tiers: readonly LiveTier[], signal: AbortSignal): Promise<AwsProbes> {
    const { folder, pollMs, script } = this;
    const { probeImage: image = AWS_DEFAULTS.probeImage } = this.config;
    return AwsProbes.of({ handle, tiers, folder, script, image, pollMs }, signal);
  }
}
