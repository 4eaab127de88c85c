import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { DocumentTier } from '../../lib/blueprint/blueprint';
import {
  documentServer,
  NO_DOCUMENT_SERVER,
  type DocumentServer,
} from '../../lib/targets/local/document/server';
import { LocalDocuments } from '../../lib/targets/local/document/tier';
import { killAll } from '../../lib/targets/local/process/owned-processes';
import { Processes } from '../../lib/targets/local/process/processes';
import { Authority } from '../../lib/targets/local/tls/authority';
import type { Watch } from '../../lib/targets/target';

export const PASSWORD = `it's a "secret"/:@`;

const over = new AbortController();

/** Ends what a failed test has left under way: nothing else would, and jest waits for it. */
export const endAll = (): void => over.abort(new Error('the tests are over'));

export const WATCH: Watch = {
  signal: over.signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

/** The server of this machine. @throws where there is none, with what to install */
export function server(): DocumentServer {
  const found = documentServer();
  if (!found) throw new Error(NO_DOCUMENT_SERVER);
  return found;
}

/** What a test's cluster is like, where it is not plain. */
export interface Definition {
  readonly members: number;
  readonly isEncrypted?: boolean;
  /** @default 'docs' */
  readonly username?: string;
}

/** The clusters of a test file, in a folder that is removed in the end. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'twin-doc-'));
  readonly machine = new Processes(this.folder, `127.${(process.pid % 200) + 16}.${Date.now() % 256}`);
  readonly authority = new Authority(this.folder);
  private readonly tiers: LocalDocuments[] = [];
  private readonly clients: MongoClient[] = [];

  tier(name: string, { members, isEncrypted = false, username = 'docs' }: Definition): LocalDocuments {
    const tier: DocumentTier = {
      kind: 'document',
      name,
      path: name,
      stack: '',
      logicalId: name,
      engineVersion: '5.0.0',
      port: 27017,
      username: undefined,
      password: undefined,
      members: Array.from({ length: members }, (_, i) => ({
        logicalId: `${name}${i}`,
        class: 'db.r6g.large',
      })),
    };
    const made = new LocalDocuments({
      tier,
      folder: join(this.folder, 'data', name),
      machine: this.machine,
      authority: this.authority,
      username,
      password: PASSWORD,
      replicationDelayMs: 0,
      server: server(),
      isEncrypted,
    });
    this.tiers.push(made);
    return made;
  }

  /** A client of the master user. */
  client(at: { readonly host: string; readonly port: string }, more: MongoClientOptions = {}): MongoClient {
    const client = new MongoClient(`mongodb://${at.host}:${at.port}/`, {
      auth: { username: 'docs', password: PASSWORD },
      authMechanism: 'SCRAM-SHA-1',
      retryWrites: false,
      serverSelectionTimeoutMS: 5000,
      ...more,
    });
    this.clients.push(client);
    return client;
  }

  async seedFolder(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(this.folder, `seed-${readdirSync(this.folder).length}`);
    await mkdir(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  async open(): Promise<void> {
    await chmod(this.folder, 0o711);
  }

  async remove(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close(true)));
    await Promise.all(this.tiers.map((tier) => tier.close()));
    await killAll(this.folder);
    rmSync(this.folder, { recursive: true });
  }
}
