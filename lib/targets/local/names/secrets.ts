import { randomBytes } from 'node:crypto';
import type { Address, BlueprintStack } from '../../../blueprint/blueprint';
import { isObject, type Json, type JsonObject } from '../../../json';

/** The fields of a secret that is JSON. */
type Fields = Readonly<Record<string, string | number>>;

/** A secret's text, where its template has it. */
export interface SecretText extends Address {
  readonly text: string;
}

/** The secrets of an environment, generated as its templates declare. They are kept in memory only. */
export class Secrets {
  /** The whole text of a secret, by the value of its `Ref`. */
  private readonly texts = new Map<string, string>();
  /** The id of a secret, by the resource that it is or that attaches it. */
  private readonly ids = new Map<string, string>();
  /** The id of the attached secret, by database. */
  private readonly attached = new Map<string, string>();
  /** The fields that an attachment adds, by id. */
  private readonly more = new Map<string, () => Fields>();

  /** The id of a secret, by the other ids that it has. */
  private readonly aliases = new Map<string, string>();

  /** @param given - the texts of those that are not generated: those of another environment with the same data */
  constructor(
    stacks: readonly BlueprintStack[],
    private readonly given: readonly SecretText[] = [],
  ) {
    for (const [stack, logicalId, resource] of resourcesOf(stacks)) {
      if (resource['Type'] !== 'AWS::SecretsManager::Secret') continue;
      this.add(stack, logicalId, textOf(propertiesOf(resource)));
    }
    for (const { stack, logicalId, text } of given) this.add(stack, logicalId, text);
    for (const [stack, logicalId, resource] of resourcesOf(stacks)) {
      if (resource['Type'] !== 'AWS::SecretsManager::SecretTargetAttachment') continue;
      const { SecretId: secret, TargetId: target } = propertiesOf(resource);
      const id = isObject(secret) ? this.ref(stack, String(secret['Ref'])) : undefined;
      if (id === undefined) continue;
      this.ids.set(key(stack, logicalId), id); // the attachment's Ref is the secret's
      if (isObject(target)) this.attached.set(key(stack, String(target['Ref'])), id);
    }
  }

  /** The value of `Ref` for a secret or its attachment; undefined for another resource. */
  ref(stack: string, logicalId: string): string | undefined {
    return this.ids.get(key(stack, logicalId));
  }

  /** Creates the secret that a database manages itself (`ManageMasterUserPassword`). @returns its id */
  manage(stack: string, logicalId: string, username: string): string {
    return this.add(stack, logicalId, JSON.stringify({ username, password: generate(32) }));
  }

  /** Sets the fields that the attachment to a database adds to its secret: the database's address. */
  attach(stack: string, logicalId: string, more: () => Fields): void {
    const id = this.attached.get(key(stack, logicalId));
    if (id !== undefined) this.more.set(id, more);
  }

  /**
   * The value that a container's `ValueFrom` or a dynamic reference names.
   *
   * @param reference - the secret's id, then optionally `:key:stage:version`, or `SecretString:key:...` of a dynamic reference
   */
  value(reference: string): string | undefined {
    const known = [...this.texts.keys(), ...this.aliases.keys()].find(
      (it) => reference === it || reference.startsWith(`${it}:`),
    );
    if (known === undefined) return undefined;
    const id = this.aliases.get(known) ?? known;
    const [field] = reference
      .slice(known.length + 1)
      .replace(/^SecretString(:|$)/, '')
      .split(':');
    const text = this.texts.get(id)!;
    const fields = parse(text);
    if (!fields) return field ? undefined : text;
    const all: Fields = { ...this.more.get(id)?.(), ...fields };
    if (!field) return JSON.stringify(all);
    return all[field] === undefined ? undefined : String(all[field]);
  }

  /** All of them. */
  get all(): readonly SecretText[] {
    const own = [...this.ids].map(([at, id]) => ({ at: at.split('\n'), text: this.texts.get(id)! }));
    return own.map(({ at: [stack = '', logicalId = ''], text }) => ({ stack, logicalId, text }));
  }

  /** Registers another id of a secret. */
  alias(stack: string, logicalId: string, other: string): void {
    const id = this.ref(stack, logicalId);
    if (id !== undefined) this.aliases.set(other, id);
  }

  private add(stack: string, logicalId: string, text: string): string {
    const id = `arn:aws:secretsmanager:local:${'0'.repeat(12)}:secret:${stack === '' ? '' : `${stack}/`}${logicalId}`;
    this.ids.set(key(stack, logicalId), id);
    const given = this.given.find((it) => it.stack === stack && it.logicalId === logicalId);
    this.texts.set(id, given?.text ?? text);
    return id;
  }
}

const key = (stack: string, logicalId: string): string => `${stack}\n${logicalId}`;

const propertiesOf = (resource: JsonObject): JsonObject =>
  isObject(resource['Properties']) ? resource['Properties'] : {};

function resourcesOf(
  stacks: readonly BlueprintStack[],
): [stack: string, logicalId: string, resource: JsonObject][] {
  return stacks.flatMap(({ path, template }) => {
    const resources = template['Resources'];
    return Object.entries(isObject(resources) ? resources : {}).flatMap(
      ([logicalId, resource]): [string, string, JsonObject][] =>
        isObject(resource) ? [[path, logicalId, resource]] : [],
    );
  });
}

/** The secret's text, given or generated. */
function textOf(properties: JsonObject): string {
  if (typeof properties['SecretString'] === 'string') return properties['SecretString'];
  const how = properties['GenerateSecretString'];
  if (!isObject(how)) return generate(32);
  const password = generate(Number(how['PasswordLength'] ?? 32));
  const field = how['GenerateStringKey'];
  if (typeof field !== 'string') return password;
  const fields = parse(how['SecretStringTemplate']) ?? {};
  return JSON.stringify({ ...fields, [field]: password });
}

function parse(text: Json | undefined): Fields | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Fields) : undefined;
  } catch {
    return undefined; // a secret that is not JSON has no fields
  }
}

/** Letters and digits: valid under every restriction that a template can make. */
const generate = (length: number): string =>
  randomBytes(length).toString('base64').replaceAll(/[+/=]/g, 'x').slice(0, length);
