import type { App } from 'aws-cdk-lib';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shop } from '../../bin/shop';
import { newApp } from '../app';

/** A cloud assembly in a folder of its own. */
export interface Assembly {
  readonly folder: string;
  remove(): void;
}

/** The shop of bin/app.ts as `cdk synth` writes it. */
export function shopAssembly(): Assembly {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  return assemblyOf((app) => shop(app, { expires: '2026-12-01T18:00:00', tls: false }), context);
}

/** What an app makes, without the CDK's own validator, which takes seconds. */
export function assemblyOf(build: (app: App) => unknown, context: Record<string, unknown> = {}): Assembly {
  const folder = mkdtempSync(join(tmpdir(), 'twin-assembly-'));
  const app = newApp({ outdir: folder, context, treeMetadata: false });
  const remove = (): void => rmSync(folder, { recursive: true });
  try {
    build(app);
    app.synth();
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}
