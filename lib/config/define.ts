import type { RehearsalConfig } from './types';

/** Types the config: `export default defineRehearsal({ ... })` in `twin.config.ts`. */
export const defineRehearsal = (config: RehearsalConfig): RehearsalConfig => config;
