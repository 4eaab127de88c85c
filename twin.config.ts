import { defineRehearsal } from './lib/rehearsal/config'; // in your app: from 'cdk-twin/rehearsal'

/** The hours that a staging lives on AWS: an hour to stand up, two to rehearse on, and room for databases that delete slowly. */
const HOURS = 4;

export default defineRehearsal({
  baseline: '1.41.0',
  // CloudFormation's own rules are asked by every other synth (npm run synth); here they would take longer than the rest of it.
  synth: { command: 'cdk synth --quiet --no-validation' },
  services: {
    Web: { command: 'node examples/orders/server.mjs' },
    Worker: { command: 'node examples/orders/worker.mjs' },
  },
  // Takes seconds: a migration that takes minutes would hold orders back for as long.
  migrate: { command: 'node examples/orders/migrate.mjs', as: 'Worker', timeoutSeconds: 60 },
  seed: { Orders: 'examples/orders/seed.sql' },
  checks: {
    smoke: [
      { name: 'the shop is healthy', path: '/health', contains: '"healthy":true' },
      { name: "a customer's orders are listed", path: '/orders?customer=customer-7', contains: '"id":' },
    ],
    readYourWrites: [
      {
        name: 'an order is there once it is placed',
        write: {
          method: 'POST',
          path: '/orders',
          body: { customer: 'rehearsal-{i}', cents: 1990 },
          status: 201,
        },
        read: { path: '/orders/{id}', status: 200, contains: '"id":{id},' },
        // A race that is lost once in fifty orders is lost by hundreds of customers a day.
        times: 50,
      },
    ],
    // Aurora's replicas follow within 100 ms as a rule; two seconds is when a list looks wrong to a customer.
    replicaLag: [{ name: 'the replicas of Orders follow', tier: 'Orders', maxMs: 2000 }],
    // Forty requests: half a minute is an order's total that nobody waits for.
    commands: [
      { name: 'every order has a total', run: 'node examples/orders/checks/totals.mjs', timeoutSeconds: 30 },
    ],
    // Thousands of answers even on a laptop: plenty for a 95th percentile, and soon over.
    load: [{ name: 'orders are read', path: '/orders/1', connections: 10, seconds: 3 }],
  },
  drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'] },
  gates: {
    maxFailedChecks: 0,
    // The contract is "never": production fell over twice for reads that were stale now and then.
    maxStaleReads: 0,
    // Half as slow again is felt; below half a second nobody feels it, and a busy laptop decides nothing.
    p95: { maxRatio: 1.5, ignoreBelowMs: 500 },
    // Today there are none; one in a hundred is more than a broken connection here and there.
    maxErrorRateIncrease: 0.01,
    // Aurora says "typically less than 30 seconds" of a failover with a replica.
    maxRecoverySeconds: 30,
    // Some 3.50 USD an hour, and room for one more replica: whoever doubles staging has to say so here.
    maxCostUsd: 20,
    costHours: HOURS,
    maxMinutes: HOURS * 60,
    // What a laptop may lack: no package carries mongod, Valkey or Redis may be installed; a bucket and a topic are AWS's own.
    allowSkipped: ['Catalog', 'Sessions', 'Pages', 'Assets', 'Alarms'],
  },
  // Ten times a slow replica's lag: on one machine a stale read would otherwise be a matter of luck.
  local: { replicationDelayMs: 250 },
});
