import { pages } from './pages';

/** What keeps an environment from standing on this machine. */
export const OF_LOCAL = pages({
  machine: [
    'The machine failed, such as by a full disk or a port that is taken: there is no verdict.',
    'Remove the cause, and rehearse again.',
  ],
  'disk-full': ['The disk is full.', 'Free some space, or set `TMPDIR` to another file system.'],
  folder: [
    'The folder for temporary files cannot be used, or not by the user of PostgreSQL.',
    'Set `TMPDIR` to a folder that every user can traverse, such as `/tmp`.',
  ],
  'socket-path': [
    'The path of a socket would be longer than the system allows.',
    'Set `TMPDIR` to a shorter path.',
  ],
  addresses: [
    'An environment has more members than this machine has addresses for.',
    'Give staging fewer members, or rehearse on AWS.',
  ],
  'no-address': [
    'The machine lacks a loopback address, as macOS does.',
    'Add it with the command that the message has.',
  ],
  'postgres-missing': [
    'The PostgreSQL of the package is not installed.',
    'Install the optional dependencies too, as `npm install` does by default.',
  ],
  'postgres-ended': ['A PostgreSQL server ended.', 'Remove the cause that its log has, and rehearse again.'],
  'mysql-ended': [
    'A MySQL or MariaDB server ended.',
    'Remove the cause that its log has, and rehearse again.',
  ],
  'cache-server': ['There is no Valkey or Redis on the PATH.', 'Install one of them.'],
  start: ['A cache ended before it answered.', 'See its log.'],
  replication: ['A replica does not replicate.', 'See its log, and rehearse again.'],
  backup: [
    'A server could not be stopped for a copy of its data.',
    'Rehearse again when the disk is less busy.',
  ],
  'shared-memory': [
    'Shared memory of a killed PostgreSQL cannot be removed.',
    'Remove it with the command that the message has.',
  ],
  emulator: [
    'The emulator of AWS does not start or does not answer.',
    'See its log, or name one that runs in `local.awsEndpoint`: see [on this machine](local-target.md).',
  ],
  intrinsic: [
    'A value of the template cannot be known on this machine.',
    'Compose it of `Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Sub` or another common function.',
  ],
  supervisor: [
    'The process that holds the environment did not start.',
    'See `logs/supervisor.log`, and rehearse again when the machine is less busy.',
  ],
  'environment-lost': [
    'The process that holds the environment has ended.',
    'Remove what it left with `twin down`, and rehearse again.',
  ],
  'not-stopped': [
    'Processes of the environment cannot be killed.',
    'Kill them as the user that they belong to.',
  ],
  unhealthy: ['A task of a service does not become healthy.', 'See the log of the task.'],
  'not-replaced': ['A task was killed, and none replaced it in time.', 'See the log of the task.'],
  stuck: [
    'A deployment can start no task: the limits of the service leave no room for one.',
    'Lower `MinimumHealthyPercent`, or raise `MaximumPercent`.',
  ],
  'no-task': ['A service has no task that could be killed.', 'Release something first.'],
  'no-replica': [
    'A tier has no replica that could become primary.',
    'Give it one, or leave it out of the failover drills.',
  ],
  'no-failover': [
    'A tier has no members, so that it cannot fail over.',
    'Name a tier with a primary and a replica in `drills.failover`.',
  ],
  'member-down': [
    'A server that a query is for does not run.',
    'Restore the environment from its checkpoint, or stand it up again.',
  ],
  'not-seeded': ['A tier is stood up before its data is there.', 'Call `seed` before `up`.'],
  'unknown-tier': ['A tier is named that does not stand.', 'Name one of those that the message lists.'],
});
