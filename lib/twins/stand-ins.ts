import type { IPostProcessor, IResolvable, IResolveContext, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { patternOf, textOfOutside, type Outside } from '../checks/outside';
import { stacksOf } from './instance';
import type { Names } from './names';

/** What stands in the place of something outside. */
export type StandIn = Outside & { readonly standIn: string };

/** The entries with a stand-in. */
export const standInsIn = (outside: readonly Outside[]): StandIn[] =>
  outside.filter((entry): entry is StandIn => entry.standIn !== undefined);

/**
 * Puts stand-ins in the place of what they stand for, wherever the templates of an environment name it. Templates are changed
 * when they are written, and not constructs: the text may come from anywhere.
 */
export function putStandIns(top: IConstruct, entries: readonly StandIn[]): void {
  if (entries.length === 0) return;
  for (const stack of stacksOf(top)) {
    const own = stack as unknown as { _toCloudFormation(): object };
    const written = own._toCloudFormation.bind(stack);
    own._toCloudFormation = () => new Replaced(stack, written(), entries);
  }
}

/** A template, with stand-ins once it is resolved. */
class Replaced implements IResolvable, IPostProcessor {
  readonly creationStack: string[] = [];

  constructor(
    private readonly stack: Stack,
    private readonly template: object,
    private readonly entries: readonly StandIn[],
  ) {}

  resolve(context: IResolveContext): unknown {
    context.registerPostProcessor(this);
    return this.template;
  }

  postProcess(resolved: unknown): unknown {
    if (typeof resolved === 'string')
      return this.entries.reduce((text, it) => text.replaceAll(patternOf(it), () => it.standIn), resolved);
    if (Array.isArray(resolved)) return resolved.map((item) => this.postProcess(item));
    if (typeof resolved !== 'object' || resolved === null) return resolved;
    return Object.fromEntries(Object.entries(resolved).map(([key, value]) => [key, this.postProcess(value)]));
  }

  toString(): string {
    return `the template of ${this.stack.node.path}`;
  }
}

/**
 * What stands in an environment's templates where something of the outside has a stand-in in one of the environments, by name:
 * the stand-in, or itself.
 */
export function standInNames(all: readonly StandIn[], own: readonly Outside[]): Names {
  const texts = [...new Set(all.map(textOfOutside))];
  const standIns = standInsIn(own);
  return new Map(
    texts.map((text, i) => [
      `standIn.${i}`,
      standIns.find((it) => textOfOutside(it) === text)?.standIn ?? text,
    ]),
  );
}
