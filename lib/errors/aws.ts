import { pages } from './pages';

/** What keeps an environment from standing on AWS, or from being looked at there. */
export const OF_AWS = pages({
  'aws-credentials': [
    'There are no credentials, or they have expired.',
    'Sign in, or set `AWS_PROFILE`; `aws sts get-caller-identity` shows who you are.',
  ],
  aws: [
    'A call of AWS failed. The message has the service and the operation.',
    'Allow the operation for the role, set the Region, or try again, as the fix of the message says.',
  ],
  elsewhere: [
    'The credentials are for another account or Region than the environment is in.',
    'Name a profile of that account.',
  ],
  'toolkit-missing': [
    'The package that deploys is not installed.',
    'Install it with the command that the message has.',
  ],
  deploy: ['A deployment failed.', 'The events of the stack, in the logs of the rehearsal, say why.'],
  'not-bootstrapped': [
    'The CDK has no bootstrap in that account and Region, or one that is too old.',
    'Bootstrap it: see [on AWS](aws.md#from-two-empty-accounts-to-the-first-rehearsal). Or correct the Region.',
  ],
  'not-ours': [
    'A stack of that name is there and was not made by this rehearsal. It is left alone.',
    'Name the stacks of stagings by the context key `rehearsal`: see [on AWS](aws.md).',
  ],
  'self-destruct': [
    'A stack was deployed in a way that keeps it from deleting itself.',
    "Bootstrap the account, and deploy with the bootstrap's roles.",
  ],
  'not-deleted': ['A stack cannot be deleted.', 'Remove what its events name, and run `twin down` again.'],
  'no-schedule': [
    'An environment has no schedule that could be moved: nothing of it stands, or the schedule was deleted.',
    'Tear down what stands with `twin down`.',
  ],
  'no-stack': [
    'A stack does not exist in that account and Region.',
    'Deploy it, or name the stack, the profile or the Region.',
  ],
  'no-member': [
    'A database or a cache has no member that it could fail over to.',
    'Give it a standby, or leave it out of `drills.failover`.',
  ],
  'failover-quota': [
    'A failover takes more of what an account has in a day than is left. Nothing was failed over.',
    'Rehearse again at the time that the message has, or take a cache out of `drills.failover`.',
  ],
  'not-reached': [
    'Production has no address that requests could be sent to.',
    'Set the address in `aws.production` of the config.',
  ],
  protected: [
    'A production that is to be torn down has a stack or a resource that is protected from being deleted. It stands as before.',
    'Turn the protection off, in the app or by hand.',
  ],
  'traffic-shape': [
    'What shares the requests of clients is not shared between two productions alone, or not as it was before.',
    'Make it as the message says: see [a cutover on AWS](cutover.md#on-aws).',
  ],
  task: [
    'A task that works inside the network of the environment did not run.',
    'See whether its subnets can pull the image, and its role may read the secrets.',
  ],
  password: [
    "A restored database does not have staging's own password.",
    'Let the topology make a secret for it, as the database constructs of the CDK do.',
  ],
  scrub: [
    'Data that was to be scrubbed before staging may have it was not, or cannot be. Nothing was seeded.',
    'Repair the task of `aws.seed.data.scrub`, or let what no task can scrub begin empty: see [data](aws.md#data).',
  ],
});
