/** The tag by which everything of an environment is found. Its value is the handle's name. */
export const TAG = 'cdk-twin:environment';
