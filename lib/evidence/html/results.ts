import type { Evidence, GateResult } from '../evidence';
import { showDuration } from '../../duration';
import { capacitySentences, showRate } from '../capacity';
import { answerNotes, showAnswers } from '../dark-launch';
import { recreationSentences } from '../recreation';
import { folded, markup, inLines, outcome, RESULT, table, type Content, type Part } from './syntax';
import { plural } from '../../report/words';
import { schemaStatesOf } from '../schema-states';
import { failuresFirst, skippedTiers, subjectOf, tallyOf } from '../summary';

/** The gates with their measurements. */
export function gates(evidence: Evidence): Part {
  const { gates: results, gatesDigest } = evidence;
  const passed = results.filter((gate) => gate.passed).length;
  const lead =
    results.length === 0
      ? 'No gate was judged: the rehearsal ended before.'
      : `${passed} of ${results.length} passed.`;
  return {
    lead,
    about: 'The gates are fixed, and hashed, before a rehearsal.',
    isFolded: passed === results.length,
    content: markup`${gateTables(results)}<p><small>SHA-256 of the gates: <code>${gatesDigest}</code></small></p>
<p><small>${[subjectOf(evidence), ...recreationSentences(evidence)].join('. ')}.</small></p>
`,
  };
}

/** The gates: those that failed, and what passed beside them for who opens it. */
export function gateTables(results: readonly GateResult[]): Content {
  const columns = [RESULT, 'Gate', 'Measured', 'Rule'].map((title) => ({ title }));
  const tableOf = (label: string, shown: readonly GateResult[]): Content =>
    shown.length === 0
      ? undefined
      : table(
          label,
          columns,
          shown.map(({ gate, measured, rule, passed }) => [
            outcome(passed ? 'passed' : 'failed'),
            markup`<span class="name">${gate}</span>`,
            measured,
            rule,
          ]),
        );
  const [failed, passed] = [results.filter((it) => !it.passed), results.filter((it) => it.passed)];
  if (failed.length === 0) return tableOf('Gates', passed);
  const others = tableOf('Gates that passed', passed);
  return markup`${tableOf('Gates that failed', failed)}${
    others === undefined ? undefined : folded(`${plural(passed.length, 'gate')} passed`, others)
  }`;
}

/** The failures caused on purpose, and the recovery from them. */
export function drills({ drills: results }: Evidence): Part | undefined {
  if (results.length === 0) return undefined;
  const columns = [
    { title: RESULT },
    { title: 'Drill' },
    { title: 'Recovery', figures: true },
    { title: 'Took', figures: true },
    { title: 'Observed' },
  ];
  const ordered = failuresFirst(results, (it) => it.outcome === 'failed');
  const rows = ordered.map((drill) => [
    outcome(drill.outcome),
    markup`<span class="name">${drill.name}</span>`,
    drill.recoveryMs === undefined ? '' : showDuration(drill.recoveryMs),
    drill.outcome === 'skipped' ? '' : showDuration(drill.ms),
    inLines(drill.detail.split('\n')),
  ]);
  const recoveries = results.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  const longest = recoveries.length === 0 ? '' : `, recovered in ${showDuration(Math.max(...recoveries))}`;
  return {
    lead: `${tallyOf(results)}${longest}.`,
    about:
      'Failures caused on purpose, after the checks. Recovery is how long requests failed; the longest of all is above.',
    isFolded: results.every((it) => it.outcome !== 'failed'),
    content: table('Drills', columns, rows),
  };
}

/** Each release on each state of the schema. */
export function schemaStates(evidence: Evidence): Part | undefined {
  const found = schemaStatesOf(evidence);
  if (!found) return undefined;
  const columns = ['Release', ...found.states].map((title) => ({ title }));
  const rows = found.rows.map(({ release, met }) => [
    markup`<span class="name">${release}</span>`,
    ...met.map((it) => markup`${outcome(it.outcome)}<br>${it.detail}`),
  ]);
  return {
    lead: `${tallyOf(found.rows.flatMap(({ met }) => met))}.`,
    about:
      'While a release is brought both serve on one schema, and on a way back the old one meets what the new one made of it.',
    isFolded: found.rows.every(({ met }) => met.every((it) => it.outcome !== 'failed')),
    content: table('Releases and schemas', columns, rows),
  };
}

/** The largest load of each release. */
export function capacity(evidence: Evidence): Part | undefined {
  const sentences = capacitySentences(evidence);
  if (sentences.length === 0) return undefined;
  const rows = evidence.capacity!.rounds.map(({ release, carried, broken, because, limit }) => [
    markup`<span class="name">${release}</span>`,
    showRate(carried),
    broken === undefined ? '' : showRate(broken),
    because ?? limit ?? '',
  ]);
  const columns = [
    { title: 'Release' },
    { title: 'Carried a second', figures: true },
    { title: 'Not carried', figures: true },
    { title: 'Because' },
  ];
  return {
    lead: 'The largest load that each release carries, in requests a second.',
    content: markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>
${rows.length > 0 ? table('Measurements, in their order', columns, rows) : undefined}`,
  };
}

/** The answers of both releases to the same requests. */
export function darkLaunch({ darkLaunch: seen }: Evidence): Part | undefined {
  if (!seen) return undefined;
  const { differences, problem } = seen;
  const rows = differences.map(({ route, where, what, example, answers }) => [
    markup`<span class="name">${route}</span>`,
    where,
    markup`${what}${smallOf(example)}`,
    answers,
  ]);
  const columns = [
    { title: 'Request' },
    { title: 'Where' },
    { title: 'Baseline → candidate' },
    { title: 'Answers', figures: true },
  ];
  const notes = answerNotes(seen).map((sentence) => markup`<li>${sentence}</li>`);
  return {
    lead: `${problem === undefined ? showAnswers(seen) : `not compared: ${problem}`}.`,
    content: markup`${rows.length > 0 ? table('Differences between answers to the same requests', columns, rows) : undefined}${
      notes.length > 0 ? markup`<ul>${notes}</ul>\n` : undefined
    }`,
  };
}

/** What is worth knowing and decides nothing. */
export function advice({ advice: sentences = [] }: Evidence): Part | undefined {
  if (sentences.length === 0) return undefined;
  return {
    lead: 'What is worth knowing of the release and of how it was rehearsed; it decides nothing.',
    content: markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>
`,
  };
}

/** The tiers that ran, how they differ from AWS, and those that were skipped. */
export function tiers(evidence: Evidence): Part {
  const skipped = skippedTiers(evidence);
  const rows = evidence.tiers.flatMap((tier) => {
    if (tier.skipped) return [];
    const members = tier.members.map(
      ({ name, role, state }) =>
        markup`<li>${name} <span class="soft">${role}${state === 'running' ? '' : `, ${state}`}</span></li>`,
    );
    return [
      [
        markup`<span class="name">${tier.tier}</span><small>${tier.kind}</small>`,
        markup`${tier.engine}${smallOf(tier.standIn && `stand-in: ${tier.standIn}`)}${smallOf(tier.data)}`,
        markup`<ul class="plain members">${members}</ul>`,
        listOf(tier.differs),
      ],
    ];
  });
  const columns = ['Tier', 'Ran on', 'Members', 'Differs from AWS'].map((title) => ({ title }));
  return {
    lead: `${rows.length} of ${plural(evidence.tiers.length, 'tier')} ran.`,
    isFolded: true,
    content: markup`${rows.length > 0 ? table('Tiers that ran', columns, rows) : undefined}${
      skipped.length === 0
        ? undefined
        : markup`<h3>Skipped</h3>
<ul class="plain spaced">${skipped.map(({ tier, kind, because }) => markup`<li><span class="name">${tier}</span> <span class="soft">${kind}</span><br>${because}</li>`)}</ul>
`
    }`,
  };
}

const smallOf = (text: string | undefined): Content =>
  text === undefined ? undefined : markup`<small>${text}</small>`;

const listOf = (sentences: readonly string[]): Content =>
  sentences.length === 0
    ? undefined
    : markup`<ul class="plain">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;
