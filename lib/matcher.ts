import { Stack, Stage } from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { TwinError } from './error';
import { parityOfStacks } from './parity/assembly-parity';
import { parityOfTemplates } from './parity/parity';
import { isPassed, type ParityReport } from './parity/report';
import { renderText } from './parity/reports/text';
import { synthesize } from './twins/synthesize';

/** What Jest and Vitest take for an answer. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Compares two stacks as parity does. Stacks that Twins did not make have no factors: they must be equal.
 *
 * @throws TwinError `matcher` for anything but two stacks
 */
export function toBeTwinOf(staging: unknown, prod: unknown): MatcherResult {
  if (!Stack.isStack(staging) || !Stack.isStack(prod)) {
    throw new TwinError({
      code: 'matcher',
      message: 'toBeTwinOf compares two stacks of the AWS CDK',
      fix: 'Write expect(stagingStack).toBeTwinOf(prodStack), with Stack.of(environment) for an environment.',
    });
  }
  const report = reportOf(prod, staging);
  const pass = isPassed(report);
  const text = (): string => renderText(report, { color: false, width: 100, verbose: false });
  return {
    pass,
    message: () =>
      pass
        ? `expected ${staging.node.path} not to be a twin of ${prod.node.path}, but it is`
        : `expected ${staging.node.path} to be a twin of ${prod.node.path}\n\n${text()}`,
  };
}

function reportOf(prod: Stack, staging: Stack): ParityReport {
  const assembly = synthesize(staging);
  const inAssembly = synthesize(prod) === assembly;
  const [p, s] = [prod, staging].map((stack) => relative(assembly, templateFile(stack)).split(sep).join('/'));
  const paired = inAssembly ? parityOfStacks(assembly, p!, s!) : undefined;
  return (
    paired ??
    parityOfTemplates(read(prod), read(staging), { prodName: prod.node.path, stagingName: staging.node.path })
  );
}

const templateFile = (stack: Stack): string => join(Stage.of(stack)!.outdir, stack.templateFile);

const read = (stack: Stack): unknown => JSON.parse(readFileSync(templateFile(stack), 'utf8'));
