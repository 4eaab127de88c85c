/** The tag of everything that belongs to a rehearsal's environment, as the AWS target sets it. A test holds the two together. */
export const TAG = 'cdk-twin:environment';

/** The role of the pipeline that rehearses, in staging's account. */
export const PIPELINE_ROLE = 'cdk-twin-rehearsal';

/** The permissions boundary of what staging's stacks make. */
export const BOUNDARY = 'cdk-twin-staging';

/** The role that reads and shares snapshots, in production's account. */
export const SNAPSHOT_ROLE = 'cdk-twin-snapshots';

/** The role that moves the traffic of clients, in production's account. */
export const CUTOVER_ROLE = 'cdk-twin-cutover';

/** How the names start that the AWS target itself gives: to snapshots, task definitions, and the stacks that data are scrubbed in. */
export const OWN_PREFIX = 'twin-';
