import type { Stack } from 'aws-cdk-lib';
import { relative, sep } from 'node:path';
import type { ManifestStacks } from '../parity/manifest';
import { modelOf } from '../template/model';
import type { Findings, Observed } from './experiments';
import { templatePath, type InstanceStack } from './instance';
import type { Side } from './side';
import { StacksWriter } from './stacks-writer';

/** Writes what the manifest says of the stacks of two environments. */
export class PairWriter {
  readonly #prod: number;
  readonly #staging: number;
  readonly #plain: number;
  /** Each construct's logical id, in whichever stack of production's. */
  readonly #prodIds: Side['everywhere'];
  /** And of staging's. */
  readonly #stagingIds: Side['everywhere'];

  constructor(
    private readonly outdir: string,
    private readonly findings: Findings,
    private readonly prod: Observed,
    private readonly staging: Observed,
    private readonly factorOf: (expression: string) => string,
  ) {
    const { observations } = findings;
    const indexOfLabel = (label: string): number => observations.findIndex((it) => it.label === label);
    this.#prod = indexOfLabel(prod.real.label);
    this.#staging = indexOfLabel(staging.real.label);
    this.#plain = indexOfLabel(staging.plain.label);
    this.#prodIds = new Map(prod.real.stacks.flatMap((stack) => this.idsOf(stack)));
    this.#stagingIds = new Map(staging.real.stacks.flatMap((stack) => this.idsOf(stack)));
  }

  /**
   * What is said of one stack and its twin.
   *
   * @param all - the indices of all stacks, by their paths
   */
  stacks(path: string, index: number, all: ReadonlyMap<string, number>): ManifestStacks {
    const prod = this.side(index, this.prod.real.stacks, this.#prod, this.#prodIds);
    const staging = this.side(index, this.staging.real.stacks, this.#staging, this.#stagingIds);
    const fit = this.findings.fit(index);
    const { environment, real } = this.staging;
    const values = new Map<string, number | string>([...real.names, ...real.expressions]);
    const written = new StacksWriter(
      path,
      index,
      prod,
      staging,
      fit,
      this.findings,
      this.#plain,
      this.factorOf,
      values,
      environment.role,
    ).write(this.file(prod), this.file(staging));
    const nestedIn = this.nestedIn(prod, staging, all);
    return { ...written, ...(nestedIn && { nestedIn }) };
  }

  private nestedIn(
    { stack: { stack } }: Side,
    staging: Side,
    all: ReadonlyMap<string, number>,
  ): ManifestStacks['nestedIn'] {
    const { nestedStackParent: around } = stack;
    if (!around) return undefined;
    const index = this.findings.pairing.of(around).index;
    const [path] = [...all].find(([, it]) => it === index)!;
    return { path, prod: resourceOf(stack), staging: resourceOf(staging.stack.stack) };
  }

  private side(
    index: number,
    stacks: readonly InstanceStack[],
    observation: number,
    everywhere: Side['everywhere'],
  ): Side {
    const stack = stacks.find((it) => this.findings.pairing.of(it.stack).index === index)!;
    const model = modelOf(stack.template, stack.stack.node.path);
    return { observation, stack, model, ids: new Map(this.idsOf(stack)), everywhere };
  }

  private idsOf({ elements }: InstanceStack): (readonly [index: number, id: string])[] {
    return [...elements].map(([id, element]) => [this.findings.pairing.of(element).index, id] as const);
  }

  private file({ stack }: Side): string {
    return relative(this.outdir, templatePath(stack.stack)).split(sep).join('/');
  }
}

/** The logical id of the resource that a nested stack is in the stack around it. */
const resourceOf = (nested: Stack): string =>
  String(nested.nestedStackParent!.resolve(nested.nestedStackResource!.logicalId));
