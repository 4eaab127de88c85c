import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cutover } from '../../lib/evidence/cutover';
import type { Project } from './project';

/** The command that moves clients to the second production. */
export const TO_B = ['cutover', '--to', 'ProdB', '--target', 'aws', '--release', '1.43.0'];

/** The folders of a project's cutovers, the first one first. */
export function cutoversOf({ at }: Project): string[] {
  const all = join(at, '.twin');
  const names = existsSync(all) ? readdirSync(all) : [];
  return names.filter((it) => it.includes('-cutover-')).map((it) => join(all, it));
}

/** What the last cutover left on record. */
export const lastCutoverOf = (project: Project): Cutover =>
  JSON.parse(readFileSync(join(cutoversOf(project).at(-1)!, 'cutover.json'), 'utf8')) as Cutover;
