/** What the figures of a history are, in sentences: stated wherever they are shown, and in docs/history.md. */
export const DEFINITIONS = {
  rehearsals: [
    'Every attempt with evidence counts as a rehearsal, a retry by itself. Days and months are UTC, and a rehearsal belongs to the moment when it was judged.',
  ],
  releases: [
    'Lead time is from the commit that was rehearsed to the first GO of a release. Where that is not known, or there were changes in no commit, it is from the start of its first rehearsal.',
  ],
  months: [
    'Time is the sum of the steps, without the time for which an environment was kept. Cost is the estimate for staging on AWS at on-demand prices, for the hours that the gates assume, wherever it ran; attempts on one environment are one.',
  ],
  stops: [
    'What failed in each rehearsal without GO: its checks, drills and gates; of a failed baseline its checks; otherwise the step at which it ended. Several may have failed in one.',
  ],
  p95: [
    "The 95th percentile of the response time under load with the candidate, the best of its rounds, as the gate judges it; and of the requests in the background during verify. The baseline's beside it is of the same rehearsal. Machines differ: on the same target, figures of one machine can be compared.",
  ],
  recoveries: [
    'How long requests failed in a drill that broke something. A drill after which they did not recover has no figure.',
  ],
  recreations: [
    'How long the environment took to be made from its definition and its backups, until the release that production runs answered; and how old the oldest of those backups was, which is how much would be lost. Seeding is a part of it.',
  ],
  flaky: [
    'Checks and drills that passed and failed with the same release, the same code (the commit, the digests of its images, or that of its files in git) and the same checks, by their digest, on one target.',
  ],
  tiers: [
    'A tier is covered by a rehearsal that tested its candidate and did not skip the tier. A stand-in answers the calls of a tier, and shows nothing of its load and races.',
  ],
  factors: [
    "A factor is seen full size in a rehearsal that tested its candidate while staging had production's value. Until then its blind spot is open. Due is its turn in twin rehearse --rotate, by what it can hide, how long it was not seen so, and what that costs.",
  ],
  verifications: [
    'Every verification of production after a release, beside the last rehearsal of that release before it. ROLL BACK after GO is what rehearsals did not see.',
  ],
  cutovers: [
    'Every cutover of the traffic of clients from one production to another, and back. What was moved back had failed in front of clients.',
  ],
  steps: ['The time of each step, by target.'],
  gates: ['The gates that judged, by their SHA-256: each line is a time without a change to them.'],
  record: [
    'Every rehearsal of which there is evidence, the newest first. The SHA-256 is that of its evidence.json, to be compared with the file.',
  ],
} as const;
