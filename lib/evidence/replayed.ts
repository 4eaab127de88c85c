import { plural } from '../report/words';
import type { Replayed } from './evidence';
import { showMoment } from './figures';

/** What was replayed of a log, in one sentence. */
export function replayedSentence(it: Replayed): string {
  const { check, requests, seconds, sent, ratio, because, from } = it;
  return (
    `${check} replays the busiest ${plural(seconds, 'second')} of its log, from ${showMoment(from)}: ` +
    `${perSecond(requests, seconds)} requests a second there, ${perSecond(sent, seconds)} here, ` +
    `times ${Number(ratio.toPrecision(3))} (${because})`
  );
}

/** The same, and what was left out: nothing of it decides. */
export function replayedSentences(it: Replayed): string[] {
  const { check, files, entries, wrong, leftOut } = it;
  const unsent = leftOut.reduce((sum, { requests }) => sum + requests, 0);
  const named = leftOut.slice(0, MOST_NAMED).map(({ what, requests }) => `${what} (${counted(requests)})`);
  const others = leftOut.length > MOST_NAMED ? ` and ${plural(leftOut.length - MOST_NAMED, 'other')}` : '';
  return [
    replayedSentence(it),
    ...(unsent === 0
      ? []
      : [
          `${check} leaves out ${counted(unsent)} of ${counted(entries)} requests of its log, which have no route: ${named.join(', ')}${others}`,
        ]),
    ...(wrong === 0
      ? []
      : [
          `${counted(wrong)} of ${counted(entries + wrong)} lines of the log of ${check}, in ${plural(files, 'file')}, are no requests`,
        ]),
  ];
}

const MOST_NAMED = 10;

const perSecond = (requests: number, seconds: number): string =>
  String(Number((requests / seconds).toPrecision(3)));

const counted = (count: number): string => count.toLocaleString('en-US');
