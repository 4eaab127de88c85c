import { relative, sep } from 'node:path';
import type { ManifestStacks } from '../parity/manifest';
import type { Values } from '../parity/text';
import { modelOf } from '../template/model';
import type { Findings, Observed } from './experiments';
import { templatePath, type InstanceStack } from './instance';
import { StacksWriter, type Side } from './stacks-writer';

/** Writes what the manifest says of the stacks of two environments. */
export class PairWriter {
  readonly #prod: number;
  readonly #staging: number;
  readonly #plain: number;

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
  }

  stacks(path: string, index: number): ManifestStacks {
    const prod = this.side(index, this.prod.real.stacks, this.#prod);
    const staging = this.side(index, this.staging.real.stacks, this.#staging);
    const fit = this.findings.fit(index);
    const values = { prod: this.values(this.prod), staging: this.values(this.staging) };
    const { role } = this.staging.environment;
    return new StacksWriter(
      path,
      index,
      prod,
      staging,
      fit,
      this.findings,
      this.#plain,
      this.factorOf,
      values,
      role,
    ).write(this.file(prod), this.file(staging));
  }

  private values({ real }: Observed): Values {
    return new Map<string, number | string>([...real.names, ...real.expressions]);
  }

  private side(index: number, stacks: readonly InstanceStack[], observation: number): Side {
    const { pairing } = this.findings;
    const stack = stacks.find((it) => pairing.of(it.stack).index === index)!;
    const idsOf = ({ elements }: InstanceStack) =>
      [...elements].map(([id, element]) => [pairing.of(element).index, id] as const);
    const model = modelOf(stack.template, stack.stack.node.path);
    const others = stacks.filter((it) => it !== stack).flatMap(idsOf);
    return { observation, stack, model, ids: new Map(idsOf(stack)), others: new Map(others) };
  }

  private file({ stack }: Side): string {
    return relative(this.outdir, templatePath(stack.stack)).split(sep).join('/');
  }
}
