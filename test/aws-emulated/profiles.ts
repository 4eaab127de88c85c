import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives each story a profile of its own, with its name for an access key, by which a {@link FaultProxy} tells their calls apart. The SDK
 * reads the files once: all stories of a process are named together.
 *
 * @param folder - where the files are written
 */
export function useProfiles(folder: string, stories: readonly string[]): void {
  const files = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  writeFileSync(files.AWS_CONFIG_FILE, stories.map((it) => `[profile ${it}]\nregion = us-east-1\n`).join(''));
  const keys = stories.map((it) => `[${it}]\naws_access_key_id = ${it}\naws_secret_access_key = any\n`);
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, keys.join(''));
  Object.assign(process.env, files);
}
