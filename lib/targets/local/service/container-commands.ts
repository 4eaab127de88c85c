import { didYouMean } from '../../../error';
import type { Container, ServiceTier } from '../../../blueprint/blueprint';
import type { ServiceCommand } from '../../../config/types';

/** What stands in a command for the entry point and the command of the container definition. */
const OWN = '{command}';
/** In place of a command: the container is not to run here. */
const SKIP = 'skip';

/** A container that runs here. */
export interface CommandedContainer {
  readonly container: Container;
  readonly command: string;
}

/** What runs of a service here. */
export interface ContainerCommands {
  /** In the order of the task definition. */
  readonly running: readonly CommandedContainer[];
  /** The names of the containers that do not run here. */
  readonly skipped: readonly string[];
}

/** The command of each container: one of the config's is the first essential container's, several are those of their names. */
export function containerCommands(tier: ServiceTier, given: ServiceCommand): ContainerCommands {
  const commands = commandsOf(tier, given);
  const known = tier.containers.length > 0 ? tier.containers : [tier.container];
  const running = known.flatMap((container) => {
    const command = commands.get(container.name);
    return command === undefined || command === SKIP ? [] : [{ container, command }];
  });
  return {
    running,
    skipped: known
      .map(({ name }) => name)
      .filter((name) => !running.some((it) => it.container.name === name)),
  };
}

/** What a config's commands do not fit in, each in one sentence. */
export function commandMisfits(tier: ServiceTier, given: ServiceCommand): readonly string[] {
  const commands = commandsOf(tier, given);
  const names = tier.containers.map(({ name }) => name);
  const at = `local.services.${tier.name}`;
  const unknown = [...commands.keys()]
    .filter((name) => names.length > 0 && !names.includes(name))
    .map(
      (name) =>
        `${at}.containers names ${name}, which is no container of ${tier.name}; ${didYouMean(name, names)}`,
    );
  const { running } = containerCommands(tier, given);
  const idle =
    unknown.length === 0 && !running.some(({ container }) => container.isEssential)
      ? [`${at} has no command for an essential container of ${tier.name}; ${didYouMean('', names)}`]
      : [];
  const silent = running
    .filter(({ container, command }) => command.includes(OWN) && ownWords(container).length === 0)
    .map(
      ({ container: { name } }) =>
        `${at} has ${OWN} for container ${name}, whose definition has no entry point and no command: those of an image are not known here`,
    );
  return [...unknown, ...idle, ...silent];
}

/** A command with what the container definition itself runs in the place of `{command}`. */
export function commandWith(
  { container, command }: CommandedContainer,
  text: (value: NonNullable<Container['command']>[number]) => string,
): string {
  return command.replaceAll(
    OWN,
    ownWords(container)
      .map((it) => quoted(text(it)))
      .join(' '),
  );
}

/** Whether the definition's own command is not what runs here. */
export const replacesOwn = ({ container, command }: CommandedContainer): boolean =>
  !command.includes(OWN) && ownWords(container).length > 0;

const ownWords = ({ entryPoint = [], command = [] }: Container) => [...entryPoint, ...command];

const quoted = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function commandsOf({ container }: ServiceTier, given: ServiceCommand): ReadonlyMap<string, string> {
  return new Map(
    'containers' in given ? Object.entries(given.containers) : [[container.name, given.command]],
  );
}
