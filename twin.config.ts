import { defineRehearsal } from './lib/config'; // in your app: from 'cdk-twin/rehearsal'

/** The hours that a staging exists on AWS: one to stand up, two to rehearse, and one for databases that delete slowly. */
const HOURS = 4;

export default defineRehearsal({
  baseline: '1.41.0',
  // One folder has every release, so the services say themselves which one runs.
  version: { path: '/version', json: 'release' },
  // Every other synth (npm run synth) applies CloudFormation's own rules; here they would take longer than the rest of it.
  synth: { command: 'cdk synth --quiet --no-validation' },
  checks: {
    smoke: [
      { name: 'the shop is healthy', path: '/health', contains: '"healthy":true', safeInProduction: true },
      {
        name: "a customer's orders are listed",
        path: '/orders?customer=customer-7',
        contains: '"id":',
        safeInProduction: true,
      },
    ],
    readYourWrites: [
      {
        name: 'an order is there once it is placed',
        write: {
          method: 'POST',
          path: '/orders',
          body: { customer: 'synthetic-{i}', cents: 1990 },
          status: 201,
        },
        read: { path: '/orders/{id}', status: 200, contains: '"id":{id},' },
        // Only orders of synthetic customers can be removed.
        cleanUp: { method: 'DELETE', path: '/orders/{id}', status: 204 },
        safeInProduction: true,
        // A race that is lost once in fifty orders affects hundreds of customers a day.
        times: 50,
      },
    ],
    // Aurora's replicas usually lag less than 100 ms; after two seconds a list looks wrong to a customer.
    replicaLag: [{ name: 'the replicas of Orders follow', tier: 'Orders', maxMs: 2000 }],
    // Forty requests: no customer waits half a minute for a total.
    commands: [
      { name: 'every order has a total', run: 'node examples/orders/checks/totals.mjs', timeoutSeconds: 30 },
    ],
    // Thousands of answers even on a laptop: enough for a 95th percentile in a few seconds.
    load: [
      { name: 'orders are read', path: '/orders/1', connections: 10, seconds: 3, safeInProduction: true },
    ],
  },
  drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'] },
  gates: {
    maxFailedChecks: 0,
    // The contract is "never": occasional stale reads brought production down twice.
    maxStaleReads: 0,
    // Half as slow again is noticed, but not below half a second, where a busy laptop decides.
    p95: { maxRatio: 1.5, ignoreBelowMs: 500 },
    // The baseline has none; one in a hundred is more than an occasional broken connection.
    maxErrorRateIncrease: 0.01,
    // Aurora says "typically less than 30 seconds" of a failover with a replica.
    maxRecoverySeconds: 30,
    // About 3.50 USD an hour, with room for one more replica: doubling staging needs a change here.
    maxCostUsd: 20,
    costHours: HOURS,
    maxMinutes: HOURS * 60,
    // What a laptop may lack: MongoDB, Valkey or Redis may not be installed, buckets and topics are AWS's own.
    allowSkipped: ['Catalog', 'Sessions', 'Pages', 'Assets', 'Alarms'],
  },
  verification: {
    watchMinutes: 10,
    gates: {
      // One request in a hundred may break; more is not what customers had before.
      maxErrorRate: 0.01,
      p95: { maxRatio: 1.5, ignoreBelowMs: 500 },
      // What staging showed of a release, production may show half as much again.
      forecast: { maxRatio: 1.5, ignoreBelowMs: 500 },
    },
  },
  local: {
    services: {
      Web: { command: 'node examples/orders/server.mjs' },
      Worker: { command: 'node examples/orders/worker.mjs' },
    },
    // Takes seconds: a migration that takes minutes would delay orders for as long.
    migrate: { command: 'node examples/orders/migrate.mjs', as: 'Worker', timeoutSeconds: 60 },
    seed: { Orders: 'examples/orders/seed.sql' },
    // Ten times the lag of a slow replica: on one machine a stale read would otherwise be a matter of luck.
    replicationDelayMs: 250,
  },
});
