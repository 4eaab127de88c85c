import type { DocumentTier, Tier } from '../../../blueprint/blueprint';
import type { Names } from '../names/names';
import type { Technology } from '../technology';
import { noDelay } from './differences';
import { hasDriver } from './driver';
import { collectionsOf, documentsIn, documentSnapshotAt } from './seed';
import { documentServer, NO_DOCUMENT_SERVER, NO_DRIVER } from './server';
import { LocalDocuments } from './tier';

/** DocumentDB, on the MongoDB of this machine. */
export const documents: Technology<DocumentTier> = {
  measuresLag: true,
  whyNoCopy: 'the data of a replica set hold the addresses of its members',
  matches: (tier: Tier): tier is DocumentTier => tier.kind === 'document',
  checkSeed: async (_, path) => {
    if (documentSnapshotAt(path)) return;
    for (const { file } of collectionsOf(path)) documentsIn(file);
  },
  whyNot: () => (documentServer() ? (hasDriver() ? undefined : NO_DRIVER) : NO_DOCUMENT_SERVER),
  warning: (tier, { replicationDelayMs }) => (replicationDelayMs > 0 ? noDelay(tier) : undefined),
  stand: (tier, { names, ...place }) =>
    new LocalDocuments({
      tier,
      ...place,
      ...names.credentialsOf(tier),
      server: documentServer()!,
      isEncrypted: isEncrypted(tier, names),
    }),
};

/** Clients must encrypt, unless the cluster's parameter group says otherwise. */
function isEncrypted({ stack, parameters }: DocumentTier, names: Names): boolean {
  const tls = parameters?.['tls'];
  return tls === undefined || names.text(stack, tls) !== 'disabled';
}
