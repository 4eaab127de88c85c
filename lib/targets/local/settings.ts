/** The settings of the local target, from twin.config.ts. */
export interface LocalSettings {
  /** The folder of the config, in which commands run and to which paths of files are relative. */
  readonly folder: string;
  /** How each service starts. */
  readonly services: Readonly<Record<string, { readonly command: string }>>;
  /** SQL files by tier. */
  readonly seed: Readonly<Record<string, string>>;
  readonly replicationDelayMs: number;
  /** @default - no migration */
  readonly migrate?: {
    readonly command: string;
    readonly as: string;
    readonly timeoutSeconds: number;
  };
}
