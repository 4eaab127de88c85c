import { Clients, type Place } from './clients';

/** Credentials, and what they lead to. */
export class AwsPlace {
  private readonly clients = new Map<string | undefined, Clients>();
  private own: Promise<Caller> | undefined;

  constructor(private readonly place: Place) {}

  /** The clients for a Region; without one, for that of the config or the credentials. */
  readonly in = (region: string | undefined = this.place.region): Clients => {
    const clients = this.clients.get(region) ?? new Clients({ ...this.place, region });
    this.clients.set(region, clients);
    return clients;
  };

  /** The profile of its credentials; undefined for those of the environment. */
  get profile(): string | undefined {
    return this.place.profile;
  }

  /** How long one request may take; undefined where nobody says. */
  get requestMs(): number | undefined {
    return this.place.requestMs;
  }

  /** The Region where nothing says another one. */
  region(): Promise<string> {
    return this.in().region();
  }

  /** Whose the credentials are. */
  async caller(signal: AbortSignal): Promise<Caller> {
    this.own ??= this.in()
      .for('sts', signal)
      .getCallerIdentity()
      .then(({ Account: account = '', Arn: arn = '' }) => ({ account, arn }));
    try {
      return await this.own;
    } catch (error) {
      this.own = undefined; // the next call may have others
      throw error;
    }
  }

  /** The account of the credentials. */
  async account(signal: AbortSignal): Promise<string> {
    return (await this.caller(signal)).account;
  }
}

/** Whose calls are made. */
export interface Caller {
  readonly account: string;
  /** As STS names it: a session of a role, a user, the root user. */
  readonly arn: string;
}
