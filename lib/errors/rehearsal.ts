import { pages } from './pages';

/** What keeps a rehearsal, its record, or what follows it in production from going on. */
export const OF_REHEARSAL = pages({
  'config-missing': [
    'There is no `twin.config.ts`.',
    'Run `twin init`, or write one: see [rehearsing](rehearsing.md#the-config).',
  ],
  config: [
    'The config cannot be run, has no default export, or holds a value that is not allowed.',
    'Correct the place that the message names; [the reference](config.md) has every key.',
  ],
  target: [
    'A rehearsal was started on a target that this version does not have.',
    'Use the version of cdk-twin that started it.',
  ],
  refused: [
    'What is asked for is refused before anything exists: the message lists each reason.',
    'Correct what is named, and run the command again.',
  ],
  coverage: [
    'A tier or a check cannot be covered on this target, and the gates do not allow it to be skipped.',
    'Make it possible, as `twin doctor` says, or name it in `gates.allowSkipped`.',
  ],
  'one-zone': [
    'All tasks of a service are in one Availability Zone, so that a drill which takes that zone away would leave none. Nothing was stopped.',
    'Spread the service over subnets in several zones, with a task in each, or leave it out of `drills.loseZone`.',
  ],
  price: [
    'The rehearsal would cost more than `gates.maxCostUsd`.',
    'Make staging smaller, rehearse for fewer hours, or raise the gate.',
  ],
  'same-release': [
    'Baseline and candidate are the same code, or are deployed alike, so that a rehearsal would show nothing.',
    'Name another candidate, or let the app read the release: see [rehearsing](rehearsing.md#the-config).',
  ],
  'same-flag': [
    'A feature flag of the config changes nothing in the templates.',
    'Let the app read that key of its context, or correct `drills.flags`.',
  ],
  release: [
    'The code of a release is not found where `releases` of the config looks for it.',
    'Fetch its tag, or correct the name of the release or the config.',
  ],
  build: ['The code of a release cannot be built.', 'Repair `releases.build`; the log has the whole output.'],
  unproven: [
    'Nothing would show which release runs.',
    'Set `version` in the config to where services say it.',
  ],
  version: [
    'Services say that another release runs than the one that was deployed.',
    'See whether they have the code of the release, or correct `version` in the config.',
  ],
  baseline: [
    'What production runs fails its own checks, or production was not recorded before the release: the candidate is not judged.',
    'Repair staging or its checks first; before a verification run `twin verify --before`.',
  ],
  busy: [
    'Other processes used so much of this machine that nothing can be said of a release.',
    'Rehearse again when they have ended.',
  ],
  capacity: [
    'The largest load of the baseline cannot be measured.',
    'Turn off `drills.contract` in rehearsals that look for it, or leave `capacity` out.',
  ],
  migration: [
    'The migration of a release fails, or cannot be run where the config says.',
    'Correct `migrations` or `aws.migrate` in the config: see [migrations](migrations.md).',
  ],
  seed: [
    'The data that an environment begins with cannot be read, copied or restored.',
    'Correct `seed` or `aws.seed` in the config: see [rehearsing](rehearsing.md#the-config) and [data on AWS](aws.md#data).',
  ],
  checkpoint: [
    'A checkpoint of the data cannot be written, or does not exist.',
    'Make room on the disk, or rehearse again from the start.',
  ],
  rules: [
    'The checks, drills or gates have changed since a rehearsal started: they are fixed before it.',
    'Rehearse again from the start.',
  ],
  'member-lost': [
    'A process of the environment ended although nothing was to stop it.',
    'See its log, and rehearse again.',
  ],
  deadline: [
    'A step of the target took longer than it may, and was stopped.',
    'See the log of the rehearsal for what it waited for.',
  ],
  timeout: [
    'The environment did not come into the state that was waited for.',
    'See the logs of the environment, or try again when the machine is less busy.',
  ],
  probe: [
    'Nothing could send requests or queries to the environment.',
    'Give it an internet-facing load balancer, or a service that checks can run in the place of.',
  ],
  lifetime: [
    'An environment is to stand longer than it may.',
    'Ask for fewer hours, or raise the limit that the message names.',
  ],
  'nothing-stands': [
    'No rehearsal has an environment that stands, or the one that is named has none.',
    'Rehearse with `--keep` to leave one; `twin sweep` lists what stands, whichever machine stood it up.',
  ],
  'nothing-to-retry': ['No rehearsal has an environment to retry on.', 'Rehearse with `--keep`.'],
  'no-rehearsal': [
    'There is no rehearsal of that name, or none at all.',
    'Name one that `twin list` shows, or run `twin rehearse --to <release>`.',
  ],
  'no-evidence': [
    'A rehearsal has no evidence: it still runs, or it was interrupted.',
    'Wait for it, or tear down what it left with `twin down`; name another to see it.',
  ],
  'not-evidence': [
    'A record is not one, or was written by a version with another format.',
    'Read it with the version that wrote it, or make it again: see [formats](versions.md#formats).',
  ],
  seal: ['A record was changed after it was written.', 'Fetch it again from where it was written.'],
  ledger: [
    'The ledger of a rehearsal cannot be read, or is damaged.',
    'Run the command as the user who started the rehearsal; look for leftovers of a damaged one by hand.',
  ],
  'ledger-unwritable': [
    'The ledger of a rehearsal cannot be written, without which nothing is stood up.',
    'Make room, or make the folder writable.',
  ],
  'at-work': [
    'Another process is at work on the same rehearsal or production.',
    'Wait for it, or stop it: it tears down or takes back what it did.',
  ],
  'in-use': [
    'What is to be torn down is used by clients or by a production beside it, or nothing says that it is not.',
    'Move all clients away with `twin cutover`, or tear the other one down first.',
  ],
  'several-rehearsals': [
    'A name fits several rehearsals.',
    'Give `--from` the place of the one that is meant.',
  ],
  'same-rehearsal': ['A rehearsal would be compared with itself.', 'Name two that `twin list` shows.'],
  'access-log': [
    'An access log cannot be read, or holds no requests that can be replayed.',
    'Correct `log` of the load check: see [load](load.md).',
  ],
  'nothing-safe': [
    'No check of the config may run in production.',
    'Set `safeInProduction` on those that read, or that clean up after themselves.',
  ],
  forecast: [
    'A gate of the verification compares with a rehearsal, and the release has none with such figures.',
    'Rehearse it by the same checks, or leave the gate out.',
  ],
  'stands-already': [
    'A production of that name stands already.',
    'Bring another release to it with `twin production deploy`, or tear it down.',
  ],
  'not-twins': [
    'A second production is not a twin of the first, so that no traffic may be moved to it.',
    'See `twin parity` for what differs.',
  ],
  'not-confirmed': [
    'A production is to be torn down, and its name was not typed.',
    'Type its name, or add `--confirm <name>`.',
  ],
  data: [
    'Two productions have data of their own, and nothing says how these get from one to the other. Nothing was moved.',
    'Say it in `cutover.data`: see [data](cutover.md#data).',
  ],
  'not-kept': [
    'The final snapshots of a production could not be taken. It stands as before.',
    'Make room, or leave them out with `--no-snapshots`.',
  ],
  'data-loss': [
    'More of what clients wrote would be missing in the production that they are to go to than the config allows. Nothing was moved.',
    'Seed it anew, move in fewer steps, or stop what writes: see [data](cutover.md#data).',
  ],
  'cutover-unfinished': [
    'The process of a cutover was killed, and the weights of traffic are where it left them.',
    'Put them back with `twin cutover --back`.',
  ],
  held: [
    'The file that says what traffic goes back to was not written by this version.',
    'Set the weights by hand, and remove the file.',
  ],
  'traffic-lost': ['The share of traffic that a cutover held is held no more.', 'Run `twin cutover` again.'],
});
