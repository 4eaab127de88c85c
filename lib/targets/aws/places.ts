import { TwinError } from '../../error';
import type { Handle } from '../target';
import type { AwsConfig } from '../../config/types';
import type { Place } from './clients';
import { AwsPlace } from './place';

/** The accounts of environments: of each profile one. */
export class Places {
  private readonly known = new Map<string | undefined, AwsPlace>();

  constructor(
    private readonly config: Pick<AwsConfig, 'profile' | 'region'>,
    private readonly limits: Pick<Place, 'requestMs' | 'attempts'> = {},
  ) {}

  /** Where the config, or the handle of an environment, says. */
  of(handle: Partial<Handle>): AwsPlace {
    const { profile = handle.profile, region } = this.config;
    const place = this.known.get(profile) ?? new AwsPlace({ profile, region, ...this.limits });
    this.known.set(profile, place);
    return place;
  }

  /**
   * The account that an environment is in.
   *
   * @throws TwinError `elsewhere` where the credentials are for another one: there everything of it seems to be gone
   */
  async checked(handle: Handle, signal: AbortSignal): Promise<AwsPlace> {
    const place = this.of(handle);
    const { account } = handle;
    if (account === undefined) return place;
    const own = await place.account(signal);
    if (own === account) return place;
    throw elsewhere(handle, own);
  }
}

const elsewhere = ({ name, account }: Handle, own: string): TwinError =>
  new TwinError({
    code: 'elsewhere',
    message: `the environment ${name} is in the account ${account}, and the credentials are for ${own}`,
    fix: `Sign in to ${account}, then run the command again.`,
  });
