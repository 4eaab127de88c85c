import type { LocalSection } from './config';

/** The settings of the local target, from twin.config.ts. */
export interface LocalSettings extends LocalSection {
  /** The folder of the config, in which commands run and to which paths of files are relative. */
  readonly folder: string;
}
