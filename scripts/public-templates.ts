// Reads every template in a folder, such as a checkout of a public repository, and compares each with itself in other spellings, and
// with a change: `npm run public-templates -- <folder>`.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../lib/error';
import { isObject, listOf, type Json, type JsonObject } from '../lib/json';
import { parityOfTemplates } from '../lib/parity/parity';
import { modelOf } from '../lib/template/model';
import { readTemplate } from '../lib/template/read';
import { inAnotherSpelling } from './another-spelling';
import { mutants } from './mutants';
import { asYaml } from './written';

/** So many changes are made to each template, all over it. */
const CHANGES = 10;

/** What differs between two templates; undefined for what is refused. */
function differencesOf(one: unknown, other: unknown): readonly string[] | undefined {
  try {
    const { forbidden } = parityOfTemplates(one, other);
    return forbidden.map(({ logicalId, path, why }) => `${[logicalId, ...path].join('.')}: ${why}`);
  } catch (error) {
    if (error instanceof TwinError) return undefined;
    throw error;
  }
}

/**
 * Whether a condition, a parameter that can have one value alone, or a look-up decides by itself what is never deployed: to change that
 * is no change.
 */
function isSettled({ Conditions: conditions, Parameters: parameters, ...rest }: JsonObject): boolean {
  const isOpen = (condition: Json): boolean =>
    /"(?:Ref|Condition|Fn::FindInMap)":(?!"AWS::NoValue")/.test(JSON.stringify(condition));
  const valuesOf = (it: Json): number => new Set(listOf(isObject(it) ? it['AllowedValues'] : undefined)).size;
  return (
    Object.values(isObject(conditions) ? conditions : {}).some((it) => !isOpen(it)) ||
    Object.values(isObject(parameters) ? parameters : {}).some((it) => valuesOf(it) === 1) ||
    /"Fn::FindInMap":\["[^"]*","[^"]*","/.test(JSON.stringify(rest))
  );
}

/** The first few of what was found. */
const inShort = (found: readonly string[]): string => found.slice(0, 3).join('; ').slice(0, 600);

class Survey {
  readonly #files: readonly string[];
  readonly #templates = new Map<string, JsonObject>();
  readonly #counts = { refused: 0, spellings: 0, pairs: 0, changes: 0 };
  /** Templates by how they look, which the reader refuses: for a person to judge. */
  readonly #refused: string[] = [];
  /** Pairs of JSON and YAML that differ: their authors may have changed one of them. */
  readonly #unequal: string[] = [];
  readonly #crashes: string[] = [];
  readonly #alarms: string[] = [];
  readonly #missed: string[] = [];
  readonly #scratch = mkdtempSync(join(tmpdir(), 'twin-public-'));

  constructor(private readonly root: string) {
    this.#files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:json|ya?ml|template)$/i.test(name) && !/(?:^|\/)node_modules\//.test(name))
      .sort();
  }

  /** Whether nothing crashed, and nothing was told or missed wrongly. */
  async run(): Promise<boolean> {
    try {
      for (const name of this.#files) await this.guarded(name, () => this.read(name));
      for (const [name, template] of this.#templates) {
        await this.guarded(name, () => this.respell(name, template));
        await this.guarded(name, () => this.change(name, template));
      }
      for (const [name, other] of this.pairs()) await this.guarded(name, () => this.comparePair(name, other));
    } finally {
      rmSync(this.#scratch, { recursive: true, force: true });
    }
    this.report();
    return [this.#crashes, this.#alarms, this.#missed].every(({ length }) => length === 0);
  }

  private async guarded(name: string, act: () => Promise<void> | void): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#crashes.push(
        `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }

  private async read(name: string): Promise<void> {
    const file = join(this.root, name);
    try {
      const template = await readTemplate(file);
      modelOf(template, file);
      this.#templates.set(name, template as JsonObject);
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      this.#counts.refused++;
      if (error.code !== 'not-a-file' && /AWSTemplateFormatVersion/.test(readFileSync(file, 'latin1')))
        this.#refused.push(error.message);
    }
  }

  private async respell(name: string, template: JsonObject): Promise<void> {
    const other = inAnotherSpelling(template);
    const spellings: readonly (readonly [what: string, spelling: () => unknown])[] = [
      ['as it is', () => readTemplate(join(this.root, name))],
      ['in another spelling', () => other],
      ['as JSON', () => this.reread('t.json', JSON.stringify(template, undefined, 2))],
      ['as YAML', () => this.reread('t.yaml', asYaml(template))],
      ['in another spelling, as YAML', () => this.reread('t.yaml', asYaml(other))],
    ];
    for (const [what, spelling] of spellings) {
      this.#counts.spellings++;
      this.expectEqual(`${name} ${what}`, template, await spelling());
    }
  }

  private async reread(name: string, text: string): Promise<unknown> {
    const file = join(this.#scratch, name);
    writeFileSync(file, text);
    return readTemplate(file);
  }

  private expectEqual(what: string, one: unknown, other: unknown): void {
    const found = differencesOf(one, other) ?? ['it is refused'];
    if (found.length > 0) this.#alarms.push(`${what}: ${inShort(found)}`);
  }

  private change(name: string, template: JsonObject): void {
    if (isSettled(template)) return;
    const copy = structuredClone(template) as Json;
    // Of a text that is taken or looked up by what is written there, others are never deployed.
    const all = [...mutants(copy)].filter((it) =>
      /^change (?!.*Fn::(?:FindInMap|Select|Join\.0$))/.test(it.name),
    );
    const step = Math.max(1, Math.floor(all.length / CHANGES));
    for (const [i, it] of all.entries()) {
      if (i % step !== 0) continue;
      this.#counts.changes++;
      it.apply();
      if (differencesOf(template, copy)?.length === 0) this.#missed.push(`${name}: ${it.name}`);
      it.revert();
    }
  }

  /** Templates of one name in JSON and in YAML. */
  private *pairs(): Generator<readonly [string, string]> {
    for (const name of this.#templates.keys()) {
      if (!/\.json$/i.test(name)) continue;
      const other = ['.yaml', '.yml']
        .map((it) => name.replace(/\.json$/i, it))
        .find((it) => this.#templates.has(it));
      if (other !== undefined) yield [name, other];
    }
  }

  private comparePair(name: string, other: string): void {
    this.#counts.pairs++;
    const found = differencesOf(this.#templates.get(name), this.#templates.get(other)) ?? ['it is refused'];
    if (found.length > 0) this.#unequal.push(`${name} and ${other}: ${inShort(found)}`);
  }

  private report(): void {
    const { refused, spellings, pairs, changes } = this.#counts;
    console.log(`templates read              ${this.#templates.size} of ${this.#files.length} files`);
    console.log(`  refused that look like one: ${this.#refused.length} of ${refused}`);
    console.log(`false alarms                ${this.#alarms.length} of ${spellings} spellings`);
    console.log(`changes found               ${changes - this.#missed.length} of ${changes}`);
    console.log(`equal in JSON and YAML      ${pairs - this.#unequal.length} of ${pairs}`);
    console.log(`crashes                     ${this.#crashes.length}`);
    for (const it of this.#refused) console.log(`  refused: ${it}`);
    for (const it of this.#unequal) console.log(`  differ: ${it}`);
    for (const it of this.#crashes) console.log(`  crash: ${it}`);
    for (const it of this.#alarms) console.log(`  false alarm: ${it}`);
    for (const it of this.#missed) console.log(`  missed: ${it}`);
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('name the folder: npm run public-templates -- <folder>');
  process.exitCode = 1;
} else
  void new Survey(folder).run().then((isSound) => {
    process.exitCode = isSound ? 0 : 1;
  });
