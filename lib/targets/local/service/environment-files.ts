import { existsSync, readFileSync } from 'node:fs';
import type { Container } from '../../../blueprint/blueprint';
import type { AssetFile } from '../emulator/assets';

/** What the files of variables of a container are read from. */
export interface EnvironmentFileProps {
  readonly container: Pick<Container, 'environmentFiles'>;
  readonly text: (value: Container['environmentFiles'][number]) => string;
  /** The files that the templates name as objects. */
  readonly assets: readonly AssetFile[];
}

/** The variables of the files that are assets: of two files the first has its way. */
export const environmentFileVariables = (props: EnvironmentFileProps): Record<string, string> =>
  Object.fromEntries(
    filesOf(props)
      .flatMap(({ path }) => (path === undefined ? [] : [variablesIn(readFileSync(path, 'utf8'))]))
      .toReversed()
      .flat(),
  );

/** The ARNs of those that are no asset: what is in a bucket is not known here. */
export const missingEnvironmentFiles = (props: EnvironmentFileProps): readonly string[] =>
  filesOf(props).flatMap(({ arn, path }) => (path === undefined ? [arn] : []));

function filesOf({ container, text, assets }: EnvironmentFileProps) {
  return container.environmentFiles.map((value) => {
    const arn = text(value);
    const asset = assets.find(({ key, path, isZipped }) => !isZipped && arn.endsWith(`/${key}`) && existsSync(path)); // prettier-ignore
    return { arn, path: asset?.path };
  });
}

/** Lines of `NAME=value`, without quotes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html */
const variablesIn = (text: string): (readonly [string, string])[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^\s*([^#\s=][^=]*?)\s*=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value!] as const];
  });
