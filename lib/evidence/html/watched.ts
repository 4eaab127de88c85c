import { figureLines } from '../../probes/database-figures';
import { showDuration } from '../../duration';
import type { Evidence, Watched } from '../evidence';
import { counted, machineLines, showTraffic } from '../figures';
import { trafficOutcome } from '../summary';
import { markup, outcome, table, type Content, type Markup, type Part } from './syntax';

/** What was watched, by step: requests and databases. */
export function watched(evidence: Evidence): Part | undefined {
  const { watched: seen } = evidence;
  if (seen.length === 0) return undefined;
  const columns = [
    { title: 'During' },
    { title: 'p95', figures: true },
    { title: 'Longest outage', figures: true },
    { title: 'Seen' },
  ];
  const rows = seen.map((it) => rowOf(evidence, it));
  return {
    lead: `${failedOf(seen)}.`,
    about: 'Requests were sent while the steps were under way; the databases were looked at meanwhile.',
    isFolded: seen.every((it) => trafficOutcome(evidence, it) !== 'failed'),
    content: table('Requests', columns, rows),
  };
}

const rowOf = (evidence: Evidence, it: Watched): Content[] => [
  markup`<span class="name">${it.during}</span><small>${it.release}</small>`,
  it.traffic.p95Ms === undefined ? '' : `${it.traffic.p95Ms} ms`,
  it.traffic.longestOutageMs === 0 ? 'none' : showDuration(it.traffic.longestOutageMs),
  markup`${outcome(trafficOutcome(evidence, it))}<br>${showTraffic(it.traffic)}${linesOf(it)}`,
];

const linesOf = (it: Watched): Content =>
  [...it.databases.flatMap(figureLines), ...machineLines(it)].map(
    (line) => markup`<br><small>${line}</small>`,
  );

const sumOf = (seen: readonly Watched[], figure: 'failures' | 'requests'): number =>
  seen.reduce((sum, { traffic }) => sum + traffic[figure], 0);

/** Such as `24 of 1,240 requests failed`. */
const failedOf = (seen: readonly Watched[]): string =>
  `${counted(sumOf(seen, 'failures'))} of ${counted(sumOf(seen, 'requests'))} requests failed`;

/** The least width of a bar, so that it can be seen. */
const MIN_PERCENT = 0.5;

/**
 * The requests on an axis of time: a bar for each part of it, in another colour where some failed.
 *
 * @param percentOf - where a moment is on the axis
 */
export function trafficStrip(
  seen: readonly Watched[],
  percentOf: (at: number) => number,
): Markup | undefined {
  if (seen.length === 0) return undefined;
  const bars = seen.flatMap(({ startedAt, ms, traffic: { strip } }) => {
    const { partMs, sent, failed } = strip;
    const start = Date.parse(startedAt);
    return sent.flatMap((count, i) => {
      if (count === 0) return [];
      const at = (offset: number): number => Math.min(100, Math.max(0, percentOf(start + offset)));
      const from = Math.min(at(i * partMs), 100 - MIN_PERCENT);
      const to = at(Math.min((i + 1) * partMs, Math.max(ms, i * partMs)));
      const name = (failed[i] ?? 0) > 0 ? 'requests fell' : 'requests';
      return [
        markup`<rect class="${name}" x="${from.toFixed(2)}%" y="30%" width="${Math.max(MIN_PERCENT, to - from).toFixed(2)}%" height="40%"/>`,
      ];
    });
  });
  const failures = sumOf(seen, 'failures');
  const title = `${failedOf(seen)} in the background`;
  return markup`<li class="part"><span>requests</span><span class="took">${failures === 0 ? '' : markup`<span class="failed">✕ ${failures}</span>`}</span><svg role="img"><title>${title}</title>${bars}</svg></li>
`;
}
