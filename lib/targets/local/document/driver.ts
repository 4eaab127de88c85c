import type * as Driver from 'mongodb';

/** The MongoDB driver, which is an optional dependency: an app without DocumentDB does without it. */
export function driver(): typeof Driver {
  return require('mongodb') as typeof Driver;
}

/** Whether it is installed. */
export function hasDriver(): boolean {
  try {
    require.resolve('mongodb');
    return true;
  } catch {
    return false;
  }
}
