import type { Address, Blueprint, DocumentTier, SqlTier, Tier } from '../../../blueprint/blueprint';
import type { Json } from '../../../json';
import { SKIPPED_HOST, Resolver } from './resolve';
import { Secrets } from './secrets';

type Attributes = () => Readonly<Record<string, string>>;

/** What an emulator of AWS has made of resources; undefined for those that it has not made. */
export interface EmulatedValues {
  /** The account, the region and the like. */
  readonly pseudo: Readonly<Record<string, string>>;
  ref(stack: string, logicalId: string): string | undefined;
  attribute(stack: string, logicalId: string, name: string): string | undefined;
}

const NOTHING_EMULATED: EmulatedValues = {
  pseudo: {},
  ref: () => undefined,
  attribute: () => undefined,
};

/** The values of an environment's resources, attributes and secrets on this machine. */
export class Names {
  private readonly resolver: Resolver;

  constructor(
    private readonly blueprint: Blueprint,
    private readonly secrets = new Secrets(blueprint.stacks),
    private readonly standing = new Map<string, { readonly tier: Tier; readonly attributes: Attributes }>(),
    /** The attributes of what is no tier; undefined for what does not stand here. */
    private readonly others: (address: Address) => ReturnType<Attributes> | undefined = () => undefined,
    private readonly emulated = { values: NOTHING_EMULATED },
  ) {
    this.resolver = new Resolver(blueprint.stacks, {
      pseudo: emulated.values.pseudo,
      ref: (stack, id) => emulated.values.ref(stack, id) ?? this.secrets.ref(stack, id),
      attribute: (stack, id, name) => this.attribute(stack, id, name),
      dynamic: (reference) => this.secrets.value(reference.replace(/^secretsmanager:/, '')),
    });
  }

  /** The same names with those that an emulator gives. */
  with(values: EmulatedValues): Names {
    return new Names(this.blueprint, this.secrets, this.standing, this.others, { values });
  }

  /** Registers what an emulator has made: every name that comes from here has it from now on. */
  emulate(values: EmulatedValues): void {
    this.emulated.values = values;
  }

  /** The templates. */
  get stacks(): Blueprint['stacks'] {
    return this.blueprint.stacks;
  }

  /** The names of another release of the same environment: registered tiers and secrets stay. */
  for(blueprint: Blueprint): Names {
    return new Names(blueprint, this.secrets, this.standing, this.others, this.emulated);
  }

  /** Registers a running tier with its attributes, and those of its other resources by their logical ids. */
  register(
    tier: Tier,
    attributes: Attributes,
    members: () => Readonly<Record<string, ReturnType<Attributes>>> = () => ({}),
  ): void {
    for (const logicalId of Object.keys(members())) {
      this.standing.set(key(tier.stack, logicalId), { tier, attributes: () => members()[logicalId] ?? {} });
    }
    this.standing.set(key(tier.stack, tier.logicalId), { tier, attributes });
    this.secrets.attach(tier.stack, tier.logicalId, () => attachmentOf(tier, attributes()));
  }

  /** The text of a value in a stack's template. */
  text(stack: string, value: Json): string {
    return this.resolver.text(stack, value);
  }

  /** A value in a stack's template, with every intrinsic function evaluated. */
  json(stack: string, value: Json): Json {
    return this.resolver.value(stack, value);
  }

  /** The whole text of a secret of the template, as programs read it. */
  secretText(stack: string, logicalId: string): string | undefined {
    const id = this.secrets.ref(stack, logicalId);
    return id === undefined ? undefined : this.secrets.value(id);
  }

  /** Registers another id by which a secret of the template is known. */
  alias(stack: string, logicalId: string, id: string): void {
    this.secrets.alias(stack, logicalId, id);
  }

  /** The value of a container's secret. */
  secret(stack: string, from: Json): string {
    const reference = this.text(stack, from);
    return this.secrets.value(reference) ?? `${reference}.${SKIPPED_HOST}`;
  }

  /** The text of a secret that a property names; undefined for one that is not in the templates. */
  secretNamed(stack: string, named: Json): string | undefined {
    return this.secrets.value(this.text(stack, named));
  }

  /** The credentials of a database. */
  credentialsOf(tier: SqlTier | DocumentTier): { readonly username: string; readonly password: string } {
    const username = tier.username === undefined ? defaultUser(tier) : this.text(tier.stack, tier.username);
    if (tier.password !== undefined) return { username, password: this.text(tier.stack, tier.password) };
    const id = this.secrets.manage(tier.stack, tier.logicalId, username);
    return { username, password: this.secrets.value(`${id}:password`)! };
  }

  /**
   * The variables of a container, with declared ports replaced by those of this machine. They differ only when a declared
   * port is taken on this machine.
   */
  withLocalPorts(environment: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(environment).map(([name, value]): [string, string] => {
      const prefix = /^(.*_)PORT$/.exec(name)?.[1];
      if (prefix === undefined) return [name, value];
      const hosts = Object.keys(environment)
        .filter((it) => it.startsWith(prefix))
        .map((it) => environment[it]);
      for (const { tier, attributes } of this.standing.values()) {
        const here = Object.values(attributes());
        if (!('port' in tier) || String(tier.port) !== value || !hosts.some((host) => here.includes(host!)))
          continue;
        return [name, portOf(attributes()) ?? value];
      }
      return [name, value];
    });
    return Object.fromEntries(entries);
  }

  private attribute(stack: string, id: string, name: string): string | undefined {
    const emulated = this.emulated.values.attribute(stack, id, name);
    if (emulated !== undefined) return emulated;
    const standing = this.standing.get(key(stack, id));
    if (standing) return standing.attributes()[name];
    const other = this.others({ stack, logicalId: id });
    if (other) return other[name];
    if (name === 'MasterUserSecret.SecretArn') return this.secrets.ref(stack, id);
    const tier = this.blueprint.tiers.find((it) => it.stack === stack && it.logicalId === id);
    if (!tier) return undefined;
    // A skipped tier has its declared port, on a host that does not exist.
    if (name.endsWith('Port') && 'port' in tier) return String(tier.port);
    return `${tier.name.replaceAll('/', '-')}.${SKIPPED_HOST}`.toLowerCase();
  }
}

/** What the console of Amazon RDS proposes. */
const defaultUser = (tier: SqlTier | DocumentTier): string =>
  tier.kind === 'sql' && tier.engine.includes('postgres') ? 'postgres' : 'admin';

const key = (stack: string, logicalId: string): string => `${stack}\n${logicalId}`;

/** The fields that Secrets Manager adds to a secret that is attached to a database. */
function attachmentOf(
  tier: Tier,
  attributes: Readonly<Record<string, string>>,
): Record<string, string | number> {
  if (tier.kind !== 'sql' && tier.kind !== 'document') return {};
  const isInstance = tier.kind === 'sql' && tier.instance !== undefined;
  return {
    engine: tier.kind === 'document' ? 'mongo' : tier.engine.replace(/^aurora-(mysql|postgres).*$/, '$1'),
    host: attributes['Endpoint.Address'] ?? attributes['Endpoint'] ?? '',
    port: Number(portOf(attributes) ?? tier.port),
    ...(tier.kind === 'sql' && tier.database !== undefined && { dbname: tier.database }),
    [isInstance ? 'dbInstanceIdentifier' : 'dbClusterIdentifier']: tier.logicalId.toLowerCase(),
  };
}

const portOf = (attributes: Readonly<Record<string, string>>): string | undefined =>
  Object.entries(attributes).find(([name]) => /(^|\.)Port$/.test(name))?.[1];
