import type * as cdk from 'aws-cdk-lib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The AWS CDK and cdk-twin that an app has: its constructs are made with these copies. */
export interface Library {
  readonly cdk: typeof cdk;
  readonly twin: typeof import('../index');
}

/** The template of each stack, by its path in the app. */
export type Templates = ReadonlyMap<string, unknown>;

/** Makes apps like the user's, but for what costs time and says nothing: nothing is bundled or copied, and no file stays. */
export class TrialApps {
  /** @param context - the user's app's */
  constructor(
    readonly library: Library,
    private readonly context: Record<string, unknown>,
  ) {}

  /** Makes something in an app of its own and synthesises it. */
  templates(make: (app: cdk.App) => void): Templates {
    return this.synthesized(make, (assembly) => {
      const stacks = assembly.stacksRecursively;
      return new Map(stacks.map(({ hierarchicalId, template }) => [hierarchicalId, template as unknown]));
    });
  }

  /** Makes something in an app of its own, synthesises it, and reads what was written. */
  synthesized<T>(make: (app: cdk.App) => void, read: (assembly: ReturnType<cdk.App['synth']>) => T): T {
    const outdir = mkdtempSync(join(tmpdir(), 'twin-init-'));
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // nobody reads where a construct of a trial was made
    try {
      const app = new this.library.cdk.App({
        outdir,
        autoSynth: false,
        analyticsReporting: false,
        performanceReporting: false,
        context: this.context,
        postCliContext: WITHOUT_SIDE_EFFECTS,
      });
      make(app);
      return read(app.synth({ skipValidation: true }));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      rmSync(outdir, { recursive: true, force: true });
    }
  }
}

const WITHOUT_SIDE_EFFECTS = {
  'aws:cdk:bundling-stacks': [],
  'aws:cdk:disable-asset-staging': true,
  '@aws-cdk/core:validateAgainstDefaultRules': false,
  '@aws-cdk/core:annotationsInValidationReport': false,
};
