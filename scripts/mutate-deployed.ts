import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../lib/json';
import { parityOfAssembly, parityOfWritten } from '../lib/parity/assembly-parity';
import type { ParityReport } from '../lib/parity/report';
import { synthesizeDeployedApp } from './deployed-app';
import {
  changes,
  harmless,
  keyOrder,
  listChange,
  mutants,
  removal,
  replacement,
  type Holder,
  type LeftAlone,
  type Mutant,
} from './mutants';
import { answerOf, type Answer, type Subject } from './mutate-subject';

/** Where staging's own files are. */
const STAGING = 'assembly-Staging';

/**
 * An app in which everything occurs that decides what is deployed: changed as another app would make it, with a `twin.json` that
 * belongs to it; and changed after it was synthesized.
 */
export function* deployedSubjects(folder: string): Generator<Subject> {
  const outdir = synthesizeDeployedApp(folder);
  const assembly = new Documents(outdir);
  const templates = assembly.names.filter((name) => name.endsWith('.template.json'));
  yield {
    name: 'templates of an assembly',
    unchanged: 'twins',
    answer: () => assembly.answer(parityOfWritten),
    unpermitted: templates.flatMap((name) => [...named(name, mutants(assembly.json(name)))]),
    permitted: templates.flatMap((name) => [...named(name, harmless(assembly.json(name)))]),
  };
  const list = `${STAGING}/manifest.json`;
  const assets = assembly.names.filter((name) => name.endsWith('.assets.json'));
  yield {
    name: 'what stands beside the templates of an assembly',
    unchanged: 'twins',
    answer: () => assembly.answer(parityOfWritten),
    unpermitted: [
      ...named(list, changes(assembly.json(list), isNotOfDeployment)),
      ...named(list, waiting(assembly.json(list))),
      ...assets.flatMap((name) => [...named(name, changes(assembly.json(name), isNotOfAsset))]),
      ...named('twin.json', changes(stagingIn(assembly.json('twin.json')), isNotGiven)),
    ],
    permitted: [
      ...named(list, toldOnly(assembly.json(list))),
      ...named('twin.json', secretGiven(assembly.json('twin.json'))),
    ],
  };
  yield {
    name: 'what was changed after it was synthesized',
    unchanged: 'twins',
    answer: () => assembly.answer(parityOfAssembly),
    unpermitted: [
      ...named(list, changes(assembly.json(list), isNotActedOn)),
      ...assets.flatMap((name) => [...named(name, changes(assembly.json(name), isTold))]),
      ...named(
        'twin.json',
        changes(assembly.json('twin.json'), () => false),
      ),
      ...assembly.contents().map((file) => edited(join(outdir, file), file)),
    ],
    permitted: named(list, toldOnly(assembly.json(list))),
  };
}

/** One of them: as it is in memory, as it was read, and as it is on disk. */
interface Document {
  readonly json: Json;
  readonly before: { readonly text: string; readonly compact: string };
  written: string;
}

/** The files of an assembly that are changed in memory, and written when parity is asked about them. */
class Documents {
  readonly #all = new Map<string, Document>();

  constructor(private readonly outdir: string) {
    const own = readdirSync(join(outdir, STAGING)).map((name) => `${STAGING}/${name}`);
    for (const name of [...own, 'twin.json'].filter((it) => /(?<!\.metadata)\.json$/.test(it))) {
      const text = readFileSync(join(outdir, name), 'utf8');
      const json = JSON.parse(text) as Json;
      this.#all.set(name, { json, before: { text, compact: JSON.stringify(json) }, written: text });
    }
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  json(name: string): Json {
    return this.#all.get(name)!.json;
  }

  /** The files that assets hold. */
  contents(): string[] {
    const all = readdirSync(this.outdir, { recursive: true, encoding: 'utf8' });
    return all.filter((name) => name.startsWith('asset.') && /\.json$|Dockerfile$/.test(name));
  }

  answer(parity: (outdir: string) => readonly ParityReport[]): Answer {
    for (const [name, it] of this.#all) {
      const compact = JSON.stringify(it.json);
      const text = compact === it.before.compact ? it.before.text : compact; // whose digest is known
      if (text !== it.written) writeFileSync(join(this.outdir, name), text);
      it.written = text;
    }
    return answerOf(() => {
      const sound = ({ verdict, checks }: ParityReport): boolean =>
        verdict === 'twins' && checks?.isolation.result === 'passed' && checks.tearDown.result === 'passed';
      return parity(this.outdir).every(sound) ? 'twins' : 'not-twins';
    });
  }
}

function* named(file: string, all: Iterable<Mutant>): Generator<Mutant> {
  for (const it of all) yield { ...it, name: `${file}: ${it.name}` };
}

/** What only tells of an artifact, or of the format. */
const isTold: LeftAlone = ([top, , key]) =>
  (top === 'artifacts' && /^(?:metadata|additionalMetadataFile|displayName)$/.test(String(key))) ||
  (top !== 'artifacts' && top !== 'files' && top !== 'dockerImages');

/** Of a list what is not acted on; where nothing is said of termination protection there is none. */
const isNotActedOn: LeftAlone = (path, node) => {
  const value = node[path.at(-1)!];
  if (path.length === 2) return !isObject(value) || value['type'] === 'cdk:feature-flag-report';
  return isTold(path, node) || path.at(-1) === 'terminationProtection';
};

/** What is another one in each environment, or names a file: no app makes only that different. */
const IN_FILES =
  /^(?:templateFile|validateOnSynth|additionalDependencies|stackTemplateAssetObjectUrl|dependencies|type)$/;

/** Of a list what no app makes different by itself. */
const isNotOfDeployment: LeftAlone = (path, node) =>
  isNotActedOn(path, node) ||
  (path.length === 2 && (node[path[1]!] as JsonObject)['type'] !== 'aws:cloudformation:stack') ||
  (path.length === 3 && path[2] === 'Added') ||
  IN_FILES.test(String(path.at(path.length > 3 ? 3 : 2)));

/** The same of a list of assets: what an asset is made of is compared as it is, and templates by themselves. */
const isNotOfAsset: LeftAlone = (path, node) => {
  if (isTold(path, node)) return true;
  if (path.length === 2) return !isPublished(node[path[1]!]);
  return /^(?:displayName|path|directory|packaging|Added)$/.test(String(path.at(-1))) && path.length < 5;
};

function isPublished(asset: Json | undefined): boolean {
  const source = isObject(asset) ? asset['source'] : undefined;
  return isObject(source) && !String(source['path'] ?? '').endsWith('.template.json');
}

/** What is said of staging in `twin.json`. */
const stagingIn = (manifest: Json): Holder =>
  ['definitions', 0, 'environments', 'Staging'].reduce(
    (node, key) => node[key] as unknown as Holder,
    manifest as unknown as Holder,
  );

/** All but the values that parameters are given; secrets are not compared. */
const isNotGiven: LeftAlone = ([key, parameter]) =>
  key !== 'parameters' || parameter === 'Secret' || parameter === 'Added';

/** Changes of a list that change nothing that is deployed. */
function* toldOnly(list: Json): Generator<Mutant> {
  for (const [id, artifact] of Object.entries(
    (list as unknown as { artifacts: Record<string, Holder> }).artifacts,
  )) {
    const properties = artifact['properties'] as unknown as Holder;
    if ('displayName' in artifact)
      yield replacement('change', artifact, 'displayName', 'other', [id, 'displayName']);
    if ('terminationProtection' in properties)
      yield removal(properties, 'terminationProtection', [id, 'properties', 'terminationProtection']);
    yield keyOrder(properties, [id, 'properties']);
    yield keyOrder(artifact, [id]);
  }
}

/** What stacks wait for, and their protection: both as another app may have them. */
function* waiting(list: Json): Generator<Mutant> {
  for (const [id, artifact] of Object.entries(
    (list as unknown as { artifacts: Record<string, Holder> }).artifacts,
  )) {
    if (artifact['type'] !== 'aws:cloudformation:stack') continue;
    const dependencies = artifact['dependencies'] as Json[];
    const path = [id, 'dependencies'];
    yield listChange('add a stack to', dependencies, ['Network', ...dependencies], path);
    const stacks = dependencies.filter((it) => !String(it).endsWith('.assets'));
    for (const it of stacks)
      yield listChange(
        `remove ${String(it)} of`,
        dependencies,
        dependencies.filter((other) => other !== it),
        path,
      );
    const properties = artifact['properties'] as unknown as Holder;
    yield replacement('turn on', properties, 'terminationProtection', true, [id, 'terminationProtection']);
  }
}

function* secretGiven(manifest: Json): Generator<Mutant> {
  const parameters = stagingIn(manifest)['parameters'] as unknown as Holder;
  yield replacement('change', parameters, 'Secret', 'another-secret', ['parameters', 'Secret']);
}

/** A byte more in a file. */
function edited(path: string, name: string): Mutant {
  const before = readFileSync(path);
  return {
    name: `edit ${name}`,
    apply: () => writeFileSync(path, `${before.toString('utf8')}\n`),
    revert: () => writeFileSync(path, before),
  };
}
