import { defineRehearsal } from 'cdk-twin/rehearsal';

const post = (path: string, body: Record<string, string>) => ({ method: 'POST', path, body }) as const;

export default defineRehearsal({
  baseline: '1.0.0',
  releases: { folder: 'releases/{release}' },
  version: { Web: { path: '/health', json: 'release' }, Admin: { path: '/admin/health', json: 'release' } },
  checks: {
    smoke: [{ name: 'tickets are counted', path: '/admin/report', contains: 'open' }],
    readYourWrites: [
      { name: 'tickets', write: post('/tickets', { subject: 'No. {i}' }), read: { path: '/tickets/{id}' } },
      { name: 'auth', write: post('/auth', { as: 'ada', n: '{i}' }), read: { path: '/me', contains: '{i}' } },
    ],
  },
  drills: { failover: ['Database', 'Sessions'], killTask: ['Web'], rollBack: true },
  gates: { maxStaleReads: 0, maxRecoverySeconds: 30 },
  local: {
    services: { Web: { command: 'bin/web' }, Admin: { command: 'bin/admin' } },
    migrate: { command: 'bin/migrate', as: 'Admin' },
  },
});
