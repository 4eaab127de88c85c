import type { Stack } from 'aws-cdk-lib';
import { relative, sep } from 'node:path';
import type { ManifestStacks, UnsharedStack } from '../../parity/manifest';
import { modelOf } from '../../template/model';
import type { Findings, Observed } from '../experiments/experiments';
import { templatePath, type InstanceStack } from '../instances/instance';
import { envOf, type Side } from './side';
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
   * What is said of each stack that both have.
   *
   * @param all - the indices of all stacks, by their paths
   */
  shared(all: ReadonlyMap<string, number>): ManifestStacks[] {
    return [...all]
      .filter(([, index]) => this.find(this.prod, index) && this.find(this.staging, index))
      .map(([path, index]) => this.stacks(path, index, all));
  }

  /** The stacks that one of the two has more. */
  unshared(all: ReadonlyMap<string, number>): UnsharedStack[] {
    return [...all].flatMap(([path, index]): UnsharedStack[] => {
      const [p, s] = [this.find(this.prod, index), this.find(this.staging, index)];
      const stack = p && s ? undefined : (p ?? s);
      if (!stack) return [];
      const around = this.around(stack.stack, all);
      return [
        {
          path,
          side: p ? 'prod' : 'staging',
          file: this.file(stack),
          env: envOf(stack),
          ...(around !== undefined && { nestedIn: { path: around, logicalId: resourceOf(stack.stack) } }),
        },
      ];
    });
  }

  private stacks(path: string, index: number, all: ReadonlyMap<string, number>): ManifestStacks {
    const prod = this.side(this.find(this.prod, index)!, this.#prod, this.#prodIds);
    const staging = this.side(this.find(this.staging, index)!, this.#staging, this.#stagingIds);
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
    ).write(this.file(prod.stack), this.file(staging.stack));
    const nestedIn = this.nestedIn(prod, staging, all);
    return { ...written, ...(nestedIn && { nestedIn }) };
  }

  private nestedIn(
    { stack: { stack } }: Side,
    staging: Side,
    all: ReadonlyMap<string, number>,
  ): ManifestStacks['nestedIn'] {
    const path = this.around(stack, all);
    return path === undefined
      ? undefined
      : { path, prod: resourceOf(stack), staging: resourceOf(staging.stack.stack) };
  }

  /** The path of the stack that one is nested in. */
  private around({ nestedStackParent }: Stack, all: ReadonlyMap<string, number>): string | undefined {
    if (!nestedStackParent) return undefined;
    const { index } = this.findings.pairing.of(nestedStackParent);
    return [...all].find(([, it]) => it === index)![0];
  }

  private find({ real }: Observed, index: number): InstanceStack | undefined {
    return real.stacks.find(({ stack }) => this.findings.pairing.of(stack).index === index);
  }

  private side(stack: InstanceStack, observation: number, everywhere: Side['everywhere']): Side {
    const model = modelOf(stack.template, stack.stack.node.path);
    return { observation, stack, model, ids: new Map(this.idsOf(stack)), everywhere };
  }

  private idsOf({ elements }: InstanceStack): (readonly [index: number, id: string])[] {
    return [...elements].map(([id, element]) => [this.findings.pairing.of(element).index, id] as const);
  }

  private file({ stack }: InstanceStack): string {
    return relative(this.outdir, templatePath(stack)).split(sep).join('/');
  }
}

/** The logical id of the resource that a nested stack is in the stack around it. */
const resourceOf = (nested: Stack): string =>
  String(nested.nestedStackParent!.resolve(nested.nestedStackResource!.logicalId));
