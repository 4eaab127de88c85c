import type { IConstruct } from 'constructs';
import { existsSync } from 'node:fs';
import { equalJson } from '../../json';
import { textsIn, type Contents } from '../../template/contents';
import type { ContentsOf } from '../../template/deployment';
import type { ExperimentAssets, Instance } from './instance';

/** Stands for what assets of experiments hold: nothing is bundled or copied for one. */
const UNREAD = '0'.repeat(64);

/**
 * Reads the environments themselves. Assets that are not the same in all of them are read text by text, where that shows what
 * experiments would show: their files are the ones that they were made of.
 *
 * @param read - reads the environments, with what their assets hold
 */
export function readOpened(
  contents: Contents,
  read: (held: ContentsOf) => readonly Instance[],
): { readonly instances: readonly Instance[]; readonly assets: ExperimentAssets } {
  const closed = read((path) => contents.of(path));
  const open = openIn(closed, contents);
  const texts = (path: string, asset: string) => (open.has(asset) ? textsIn(path) : undefined);
  return {
    instances: open.size === 0 ? closed : read((path, asset) => texts(path, asset) ?? contents.of(path)),
    assets: { areCopied: open.size > 0, contents: (path, asset) => texts(path, asset) ?? UNREAD },
  };
}

/** The names of the assets that are compared text by text. */
function openIn(instances: readonly Instance[], contents: Contents): ReadonlySet<string> {
  const all = new Map<string, Held[]>();
  for (const { stacks, top } of instances)
    for (const [asset, path] of stacks.flatMap(({ paths }) => [...paths]))
      all.set(asset, [...(all.get(asset) ?? []), { path, top }]);
  const isOpen = (same: readonly Held[]): boolean =>
    new Set(same.map(({ path }) => contents.of(path))).size > 1 && same.every(isOfItsSource);
  return new Set([...all].flatMap(([asset, same]) => (isOpen(same) ? [asset] : [])));
}

/** An asset as one environment has it. */
interface Held {
  readonly path: string;
  readonly top: IConstruct;
}

/** Whether an asset holds the texts that it was made of: what is bundled is made of others, and an experiment bundles nothing. */
function isOfItsSource({ path, top }: Held): boolean {
  const texts = textsIn(path);
  if (!texts) return false;
  const made = top.node
    .findAll()
    .find((it): it is Staging => isStaging(it) && it.absoluteStagedPath === path);
  // What the CDK writes by itself, as Source.jsonData does, it copies and removes.
  return !made || !existsSync(made.sourcePath) || equalJson(texts, textsIn(made.sourcePath));
}

/** What the AWS CDK copies a file or a folder into an assembly with. */
interface Staging extends IConstruct {
  readonly sourcePath: string;
  readonly absoluteStagedPath: string;
}

const isStaging = (node: IConstruct): node is Staging => 'absoluteStagedPath' in node && 'sourcePath' in node;
