import type { RehearsalConfig } from '../../lib/config/types';

type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [K in keyof T]-?: Whole<T[K]> }
    : T;

const request = (path: string) => ({
  method: 'POST',
  path,
  body: { item: 'tea', count: 2, gift: true },
  headers: { authorization: 'Bearer it' },
  status: 201,
  contains: 'ok',
});

/** A config with every key that there is: the compiler sees to it. No value is its default. */
export const EVERY_KEY: Whole<RehearsalConfig> = {
  $schema: 'node_modules/cdk-twin/schema/twin.config.json',
  baseline: '1.41.0',
  baselines: ['1.38.0'],
  version: { path: '/version', json: 'build.release', expect: 'v{release}' },
  releases: { git: 'v{release}', build: 'npm ci' },
  environment: 'StagingEphemeral',
  environments: ['StagingSharded'],
  stagingsAtOnce: 2,
  synth: { command: 'make synth', releaseContext: 'version', nameContext: 'suffix' },
  checks: {
    smoke: [
      {
        name: 'health',
        path: '/health',
        headers: { host: 'shop.example.com' },
        status: 204,
        contains: 'ok',
        safeInProduction: true,
      },
    ],
    readYourWrites: [
      {
        name: 'orders',
        write: request('/orders?n={i}'),
        read: request('/orders/{id}'),
        cleanUp: request('/orders/{id}/cancel'),
        times: 100,
        safeInProduction: true,
      },
    ],
    replicaLag: [{ name: 'lag', tier: 'Orders', maxMs: 500 }],
    commands: [{ name: 'contract', run: 'npm run contract', timeoutSeconds: 60, safeInProduction: true }],
    load: [
      {
        name: 'browse',
        path: '/',
        method: 'POST',
        body: { page: 1 },
        headers: { accept: 'text/html' },
        connections: 5,
        seconds: 2,
        safeInProduction: false,
      },
    ],
    replay: [
      {
        name: 'a busy minute',
        log: 'schema',
        fields: { time: '@timestamp', method: 'verb', path: 'url', request: 'line', status: 'code' },
        routes: [
          {
            method: 'DELETE',
            path: '/orders/{id}?page={page}',
            values: { id: { from: 1, to: 1050, prefix: 'o-' }, page: ['1', '2'] },
            body: { note: 'n-{i}' },
          },
        ],
        headers: { accept: 'application/json' },
        scale: 'webTasks',
        seconds: 10,
      },
    ],
  },
  drills: {
    failover: ['Orders'],
    rollBack: true,
    contract: false,
    flags: [
      { name: 'checkout', context: { checkout: 'new' } },
      { name: 'prices', run: 'node flags.mjs {state}', default: 'on', timeoutSeconds: 5 },
    ],
    killTask: ['Web'],
    loseZone: ['Web'],
    soakSeconds: 5,
  },
  traffic: { connections: 2, everyMs: 50 },
  darkLaunch: {
    of: ['browse'],
    requests: 50,
    safe: ['POST /search'],
    ignore: ['*.id'],
    showValues: true,
  },
  capacity: {
    of: 'browse',
    maxP95Ms: 300,
    maxErrorRate: 0.02,
    startRequestsPerSecond: 5,
    maxRequestsPerSecond: 500,
    secondsEach: 3,
    warmUpSeconds: 1,
    precision: 0.2,
    scale: 0.5,
  },
  gates: {
    maxFailedChecks: 1,
    maxFailedRequests: 2,
    maxLockSeconds: 2,
    maxIdleTransactionSeconds: 6,
    maxMemoryGrowthKiB: 20,
    maxOpenFilesGrowth: 0.1,
    maxConnectionShare: 0.8,
    maxTaskFailures: 1,
    maxStaleReads: 1,
    p95: { maxRatio: 1.5, ignoreBelowMs: 50 },
    maxErrorRateIncrease: 0.01,
    minCapacityRatio: 0.9,
    maxDifferingAnswers: 3,
    maxRecoverySeconds: 30,
    maxCostUsd: 40,
    costHours: 3,
    maxMinutes: 20,
    maxRecreateMinutes: 10,
    maxDataLossMinutes: 60,
    allowSkipped: ['Catalog'],
  },
  cutover: {
    steps: [10, 100],
    stepMinutes: 2,
    data: { Orders: 'replicated by the database itself' },
    gates: { minRequests: 10, maxErrorRate: 0.02, p95: { maxRatio: 2, ignoreBelowMs: 100 } },
  },
  verification: {
    watchMinutes: 5,
    connections: 2,
    everyMs: 500,
    gates: {
      maxFailedChecks: 1,
      maxStaleReads: 1,
      maxTaskFailures: 1,
      maxErrorRate: 0.02,
      maxErrorRateIncrease: 0.01,
      p95: { maxRatio: 1.5, ignoreBelowMs: 50 },
      forecast: { maxRatio: 2, ignoreBelowMs: 100 },
      maxClientErrorRate: 0.02,
      clientP95: { maxRatio: 2, ignoreBelowMs: 100 },
      maxDrifts: 2,
    },
  },
  local: {
    services: { Web: { command: 'node web.js' }, Worker: { command: 'node worker.js' } },
    migrate: {
      command: 'node migrate.js',
      contract: 'node contract.js',
      as: 'Worker',
      timeoutSeconds: 60,
      removes: ['drafts', 'orders.note'],
    },
    seed: { Orders: 'seed.sql' },
    certificateFiles: ['/opt/rds/global-bundle.pem'],
    replicationDelayMs: 300,
    awsEndpoint: 'http://10.0.0.7:4566',
    allowRemoteAwsEndpoint: true,
  },
  aws: {
    profile: 'staging',
    region: 'eu-west-1',
    allowProductionAccount: 'there is one account alone',
    pauses: { Web: { run: 'node try-green.js', timeoutSeconds: 60 } },
    probeImage: 'node:22',
    migrate: {
      command: ['node', 'migrate.js'],
      contract: ['node', 'contract.js'],
      as: 'Worker',
      timeoutSeconds: 60,
      removes: ['drafts', 'orders.note'],
    },
    seed: {
      kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/staging',
      data: { mayBeSeen: 'they hold no personal data' },
      production: {
        profile: 'prod',
        region: 'eu-west-1',
        kmsKeyArn: 'arn:aws:kms:eu-west-1:444455556666:key/shared',
      },
      clusters: { Pages: 'pages' },
      clones: { Orders: 'orders' },
      caches: ['Pages'],
      empty: { Catalog: 'it is filled by a job' },
    },
    production: { url: 'https://shop.example.com', profile: 'prod-read', region: 'eu-west-1' },
    traffic: {
      hostedZone: 'Z0123456789',
      record: 'shop.example.com',
      productions: {
        Prod: { setIdentifier: 'prod', url: 'https://prod.shop.example.com' },
        ProdB: { setIdentifier: 'prod-b', url: 'https://prod-b.shop.example.com' },
      },
    },
    maxHours: 12,
  },
};

/** A config with nothing that may be left out. */
export const FEWEST_KEYS: RehearsalConfig = {
  baseline: '1.41.0',
  checks: { smoke: [{ name: 'home', path: '/' }] },
  gates: {},
};
