import { defineRehearsal } from 'cdk-twin/rehearsal';

const book = { method: 'POST', path: '/api/bookings' } as const;
const body = { guest: '{i}', nights: 2, roomId: 1 };

export default defineRehearsal({
  baseline: '1.0.0',
  releases: { folder: 'releases/{release}' },
  version: { path: '/healthz', json: 'version' },
  checks: {
    smoke: [{ name: 'rooms are listed', path: '/api/rooms', contains: 'Garden' }],
    readYourWrites: [{ name: 'bookings', write: { ...book, body }, read: { path: '/api/bookings/{id}' } }],
  },
  drills: { failover: ['Database'], killTask: ['Api'], rollBack: true },
  gates: { maxStaleReads: 0, maxRecoverySeconds: 30 },
  local: {
    services: { Api: { command: 'npm start' } },
    migrate: { command: 'npm run migrate', as: 'Api' },
    replicationDelayMs: 1000,
  },
});
