import { isAbsolute } from 'node:path';
import { plural } from '../report/words';

/** What ran as the two releases of a rehearsal; absent for one that did not run. */
export interface RanReleases {
  readonly from?: Ran;
  readonly to?: Ran;
}

/** What ran as a release, and what shows it. */
export interface Ran {
  readonly release: string;
  /** Where its code came from. @default - the folder of the config, which has that of every release */
  readonly code?: ReleaseCode;
  readonly services: readonly RanService[];
}

/** The code of a release. */
export interface ReleaseCode {
  /** As the config names it: a git ref such as `v1.42.0`, a folder such as `../checkouts/1.42.0`. */
  readonly from: string;
  /** The commit, where it comes from git. */
  readonly commit?: string;
  /** Absolute. */
  readonly folder: string;
}

/** What a service ran. */
export interface RanService {
  readonly service: string;
  readonly tasks: number;
  /** What its tasks ran: images, by their digests where those are known, or folders; empty where that is not known. */
  readonly code: readonly string[];
  /** The release as the service names it; absent where it was not asked, or said none. */
  readonly answered?: string;
  /** What was not as it was to be. @default - nothing */
  readonly problem?: string;
}

/** What ran, in a sentence for each release: the candidate, and what it followed. */
export function ranSentences({ from, to }: RanReleases): string[] {
  const before = from ? [sentenceOf(from, undefined)] : [];
  return to ? [sentenceOf(to, from), ...before.map((sentence) => `after ${sentence}`)] : before;
}

/** Where the code of a release came from: `v1.42.0 (abc1234)`. */
export const showCode = ({ from, commit }: ReleaseCode): string =>
  commit === undefined ? from : `${from} (${commit.slice(0, 7)})`;

/** The services that ran other code than before: no task of theirs ran code that one ran then. */
export function servicesOfOwnCode({ services }: Ran, before: Ran | undefined): RanService[] {
  return services.filter(({ service, code }) => {
    const earlier = before?.services.find((it) => it.service === service)?.code ?? [];
    return code.length > 0 && earlier.length > 0 && !code.some((it) => earlier.includes(it));
  });
}

/** @param before - what ran before it: of a release that follows none, nothing has to show that it runs */
function sentenceOf(ran: Ran, before: Ran | undefined): string {
  const { release, code, services } = ran;
  const own = new Set(servicesOfOwnCode(ran, before).map(({ service }) => service));
  const silent = before
    ? services.filter(({ service, answered }) => answered === undefined && !own.has(service))
    : [];
  return [
    `${release}${code ? ` from ${showCode(code)}` : ''}`,
    ...services.flatMap(saidBy),
    ...(silent.length === 0
      ? []
      : [`nothing shows what ${silent.map(({ service }) => service).join(', ')} ran`]),
  ].join('; ');
}

function saidBy({ service, tasks, code, answered, problem }: RanService): string[] {
  const images = code
    .filter((it) => !isAbsolute(it))
    .map((it) => (it.startsWith(DIGEST) ? it.slice(0, DIGEST.length + DIGEST_LENGTH) : it));
  return [
    ...(images.length === 0 ? [] : [`${service} ran the image ${images.join(', ')}`]),
    ...(problem !== undefined
      ? [problem]
      : answered === undefined
        ? []
        : [`${service} answered ${answered} (${plural(tasks, 'task')})`]),
  ];
}

/** As much of a digest as Docker shows. */
const DIGEST_LENGTH = 12;
const DIGEST = 'sha256:';
