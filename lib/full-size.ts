/** The context key with the factors that a staging has at production's size for once, by their names, separated by commas. */
export const FULL_SIZE = 'cdk-twin:full-size';

/** Stands for every factor. */
export const EVERY_FACTOR = '*';
