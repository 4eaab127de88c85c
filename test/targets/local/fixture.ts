import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { shop } from '../../../bin/shop';
import { LocalTarget } from '../../../lib/targets/local/local-target';
import type { LocalSettings } from '../../../lib/targets/local/settings';
import type { Deployment, Watch } from '../../../lib/targets/target';
import { newApp } from '../../app';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/** The shop's assembly at a release, as `cdk synth` writes it, but for the caches: they need more than Node. */
export function synthesize(folder: string, release: string): Deployment {
  const app = newApp({ outdir: join(folder, release), context, treeMetadata: false });
  shop(app, { release, rehearsal: 'test', expires: '2026-12-01T18:00:00', tls: false });
  const { directory: assembly } = app.synth();
  change(assembly, (text) =>
    withoutResources(text, (_, type) => type === 'AWS::ElastiCache::ReplicationGroup'),
  );
  return { release, assembly, environment: 'StagingEphemeral' };
}

/** The same assembly at another release: the image's tag and the variable are all that differ. */
export function atRelease(from: Deployment, release: string): Deployment {
  const assembly = join(from.assembly, '..', release);
  cpSync(from.assembly, assembly, { recursive: true });
  change(assembly, (text) => text.replaceAll(from.release, release));
  return { ...from, assembly, release };
}

/** The same assembly whose databases have one node each: the staging of the incident. */
export function withoutReaders(from: Deployment): Deployment {
  const assembly = `${from.assembly}-single`;
  cpSync(from.assembly, assembly, { recursive: true });
  change(assembly, (text) => withoutResources(text, (id) => id.startsWith('OrdersClusterOrdersReader')));
  return { ...from, assembly };
}

/** The same assembly with another version of the database: what a release may bring too. */
export function withEngine(from: Deployment, version: string): Deployment {
  const assembly = `${from.assembly}-${version}`;
  cpSync(from.assembly, assembly, { recursive: true });
  change(assembly, (text) => text.replace('"EngineVersion": "17.9"', `"EngineVersion": "${version}"`));
  return { ...from, assembly };
}

function withoutResources(text: string, isOut: (logicalId: string, type: string) => boolean): string {
  const template = JSON.parse(text) as { Resources: Record<string, { Type: string }> };
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (isOut(id, Type)) delete template.Resources[id];
  }
  return JSON.stringify(template, null, 1);
}

function change(assembly: string, edit: (text: string) => string): void {
  const file = join(assembly, 'StagingEphemeral.template.json');
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
}

/** A folder for one test file, with the script that holds its environments. */
export function makeFolder(): { readonly folder: string; readonly supervisor: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'twin-stage-'));
  // Beside the sources, so that it finds its dependencies.
  const supervisor = resolve('node_modules/.cache/cdk-twin', `supervisor-${process.pid}.js`);
  buildSync({
    entryPoints: ['bin/supervisor.ts'],
    outfile: supervisor,
    bundle: true,
    packages: 'external',
    platform: 'node',
  });
  return {
    folder,
    supervisor,
    remove: () => {
      rmSync(folder, { recursive: true });
      rmSync(supervisor);
    },
  };
}

/** The example's services, as twin.config.ts starts them. */
export const SETTINGS: LocalSettings = {
  folder: resolve('.'),
  services: {
    Web: { command: 'node examples/orders/server.mjs' },
    Worker: { command: 'node examples/orders/worker.mjs' },
  },
  seed: { Orders: 'examples/orders/seed.sql' },
  replicationDelayMs: 250,
  awsEndpoint: false,
  migrate: { command: 'node examples/orders/migrate.mjs', as: 'Worker', timeoutSeconds: 60, removes: [] },
};

/** A local target whose environments need Node alone, whatever else is installed. */
export const targetOf = (supervisor: string, settings: Partial<LocalSettings> = {}): LocalTarget =>
  new LocalTarget({ supervisor, settings: { ...SETTINGS, ...settings } });

/** A watch that keeps what it is logged. */
export function watching(): Watch & { readonly logged: string[]; readonly spans: string[] } {
  const logged: string[] = [];
  const spans: string[] = [];
  return {
    logged,
    spans,
    signal: new AbortController().signal,
    log: (message) => void logged.push(message),
    span: (name, work) => (spans.push(name), work()),
    learn: () => {},
  };
}
