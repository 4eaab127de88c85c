import { showDuration } from '../../duration';
import { plural } from '../../report/words';
import { showClock, tookMs } from '../figures';
import { nextOfVerification } from '../next';
import { tallyOf } from '../summary';
import type { Verification, VerificationVerdict } from '../verification';
import { factsOf, headlineOf, seenSections, timesSection } from '../verification-text';
import { comparisonOf } from '../verification-times';
import { writeDocument, type NamedPart } from './document';
import { checks } from './checks';
import { gateTables } from './results';
import { tableOf } from './section-table';
import { markup, type Content, type Part } from './syntax';
import { timeline } from './timeline';
import { factsList, verdictBox, type Tone } from './verdict';

const TONES: Readonly<Record<VerificationVerdict, Tone>> = {
  RECORDED: 'go',
  'BASELINE FAILED': 'baseline-failed',
  'GO ON': 'go',
  'ROLL BACK': 'no-go',
  UNDECIDED: 'undecided',
};

/** Writes the page of a verification. */
export function renderVerificationPage(verification: Verification): string {
  const { verdict, reasons, verification: name, environment, release, tool, target, endedAt } = verification;
  const next = nextOfVerification(verification);
  return writeDocument({
    title: `${verdict}: ${environment} with ${release}, verification ${name}`,
    kind: verification.moment === 'after' ? 'Verification' : 'Record of before a release',
    name,
    endedAt,
    tool,
    target,
    first: [
      verdictBox({
        tone: TONES[verdict],
        word: verdict,
        headline: headlineOf(verification),
        reasons,
        about: factsOf(verification).map(([lead, text]) => [lead, `${text}.`]),
        ...(next && { next }),
      }),
      facts(verification),
    ],
    parts: PARTS.flatMap(([id, title, partOf]): NamedPart[] => {
      const part = partOf(verification);
      return part ? [{ id, title, part }] : [];
    }),
  });
}

/** The parts of the page in their order; empty ones are left out. */
const PARTS: readonly (readonly [
  id: string,
  title: string,
  partOf: (verification: Verification) => Part | undefined,
])[] = [
  ['gates', 'Gates', gates],
  ['times', 'Response times (p95)', times],
  ['clients', 'Clients, as CloudWatch has them', seen('clients')],
  ['drift', 'Drift', seen('drift')],
  ['checks', 'Checks', checksBeside],
  ['skipped', 'Skipped', skipped],
  ['timeline', 'Timeline', steps],
  ['record', 'What it is about', record],
];

const facts = ({ environment, release, startedAt, watched, checks: ran, gates: all, ...it }: Verification) =>
  factsList([
    ['Production', environment, `with ${release}`],
    ['Took', showDuration(tookMs({ startedAt, ...it })), `from ${showClock(startedAt)}`],
    ['Watched', watched ? showDuration(watched.ms) : 'not at all', ''],
    ['Checks', ran.length === 0 ? 'none ran' : tallyOf(ran), ''],
    ['Gates', all.length === 0 ? 'none judged' : passedOf(all), ''],
  ]);

const passedOf = (all: Verification['gates']): string =>
  `${all.filter(({ passed }) => passed).length} of ${all.length} passed`;

/** Open, other than after a rehearsal: there is little else on this page. */
function gates({ gates: all }: Verification): Part | undefined {
  if (all.length === 0) return undefined;
  return { lead: `${passedOf(all)}. They were fixed, and hashed, before.`, content: gateTables(all) };
}

/** Before beside after beside what the rehearsal forecast. */
function times(verification: Verification): Part | undefined {
  const all = verification.watched ? comparisonOf(verification) : [];
  if (all.length === 0) return undefined;
  const lead =
    verification.moment === 'before'
      ? 'What the release will be compared with.'
      : 'Before the release, now, and how many times as long that is; and how many times the rehearsal forecast.';
  return { lead, content: tableOf(timesSection(all)) };
}

/** What clients saw, and what drifted, where it was looked at. */
function seen(id: 'clients' | 'drift') {
  return (verification: Verification): Part | undefined => {
    const section = seenSections(verification).find((it) => it.id === id);
    return section && { lead: section.about.join(' '), content: tableOf(section) };
  };
}

function checksBeside({ checks: ran, baseline, release, moment }: Verification): Part | undefined {
  if (ran.length === 0) return undefined;
  const words = moment === 'before' ? 'Recorded with' : 'Now, with';
  return checks(
    { checks: ran, baseline: baseline?.checks ?? [], to: release, from: baseline?.release ?? '' },
    [words, 'Before, with'],
  );
}

function skipped({ skipped: names }: Verification): Part | undefined {
  if (names.length === 0) return undefined;
  return {
    lead: `${plural(names.length, 'check')} not declared safe in production.`,
    isFolded: true,
    content: listOf(names),
  };
}

const listOf = (sentences: readonly Content[]): Content =>
  markup`<ul>${sentences.map((it) => markup`<li>${it}</li>`)}</ul>\n`;

function steps({ spans, watched, release }: Verification): Part | undefined {
  const part = timeline({
    spans,
    watched: watched ? [{ ...watched, during: 'watch', release, databases: [] }] : [],
  });
  return part && { ...part, isFolded: spans.every(({ outcome }) => outcome === 'done') };
}

/** What another machine finds it again by. */
function record({ assemblyDigest, watchDigest, gatesDigest, baseline, forecast, seal }: Verification): Part {
  const digests: readonly (readonly [what: string, digest: string | undefined])[] = [
    ['What is deployed', assemblyDigest],
    ['The checks, and how they are sent', watchDigest],
    ['The gates', gatesDigest],
    [`The record before the release, ${baseline?.verification}`, baseline?.seal],
    [`The rehearsal, ${forecast?.rehearsal}`, forecast?.seal],
    ['This record', seal],
  ];
  return {
    lead: 'SHA-256 of what was compared, and of this record.',
    isFolded: true,
    content: listOf(
      digests.flatMap(([what, digest]) =>
        digest === undefined ? [] : [markup`${what}: <code>${digest}</code>`],
      ),
    ),
  };
}
