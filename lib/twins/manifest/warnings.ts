import type { Warning } from '../../parity/manifest';
import { tagAt } from './asked-names';
import { indexOf } from '../experiments/canonical';
import type { Findings } from '../experiments/experiments';
import { stackIndices } from '../experiments/stack-groups';
import { at, type Path } from '../../template/differences';

/** What is no difference between two environments, and may be one where they are deployed. */
export const warningsOf = (findings: Findings): Warning[] => [
  ...variables(findings),
  ...selectingTags(findings),
  ...modeVariables(findings),
];

function variables({ variables: read }: Findings): Warning[] {
  if (read.length === 0) return [];
  return [
    {
      rule: 'machine-variable',
      text: `the environments read ${read.join(', ')} of the machine that synthesizes them: what follows is equal here, and may be another for each where they are deployed by several jobs`,
      fix: 'Read environment variables outside of what makes an environment, once for all, and pass their values in.',
    },
  ];
}

/** What people call a tag that only says which environment it is. */
const IDENTITY = /^(?:.*[:/_-])?(?:name|stack|environment|env|stage)(?:[-_]?(?:name|id))?$/i;

/** Tags whose whole value is an environment's name: plans and schedules of the account may select by them. */
function selectingTags(findings: Findings): Warning[] {
  const { observations, observed, pairing } = findings;
  const tags = new Map<string, Set<string>>();
  for (const stack of stackIndices(findings).values()) {
    const seen = observations.findIndex(({ documents }) => documents.has(stack));
    const model = observations[seen]!.documents.get(stack)!;
    for (const { steps, parts } of findings.fit(stack).places) {
      const [part, ...more] = parts;
      if (part?.is !== 'name' || more.length > 0 || !/^(?:name|stackName)\b/.test(part.keys[0]!)) continue;
      const path = steps.map((step) => step[seen]);
      const tag = path.includes(undefined) ? undefined : tagAt(model, path as Path);
      if (tag === undefined || IDENTITY.test(tag)) continue;
      const index = indexOf(String(path[1]));
      tags.set(
        tag,
        (tags.get(tag) ?? new Set()).add(index === undefined ? 'the stack' : pairing.at(index).path),
      );
    }
  }
  const names = observed.map(({ environment: { id } }) => `"${id}"`);
  return [...tags].map(([tag, places]) => ({
    rule: 'selecting-tag',
    text: `the tag "${tag}" of ${[...places].join(', ')} is the name of the environment, so ${names.join(' and ')}: what selects resources by it, such as a backup plan or a schedule of the account, treats them differently, and no template tells`,
    fix: `Give the tag where the environments are made, as tags: { '${tag}': ... }, or leave the name out of it.`,
  }));
}

/** Variables by whose value a framework runs other code: Node.js, Rails, Elixir, .NET, Spring, Symfony and Laravel. */
const MODES =
  /^(?:(?:NODE|RAILS|RACK|MIX|APP|FLASK|DJANGO)_ENV|(?:ASPNETCORE|DOTNET)_ENVIRONMENT|SPRING_PROFILES_ACTIVE)$/;

/** Variables of a program that hold an environment's name and decide how it runs. */
function modeVariables(findings: Findings): Warning[] {
  const { observations, observed, pairing } = findings;
  const found = new Set<string>();
  for (const stack of stackIndices(findings).values()) {
    const model = observations[0]!.documents.get(stack)!;
    for (const { steps, parts } of findings.fit(stack).places) {
      if (!parts.some((part) => part.is === 'name' && /^(?:name|stackName)\b/.test(part.keys[0]!))) continue;
      const path = steps.map((step) => step[0]);
      if (path.includes(undefined)) continue;
      const named =
        path.at(-1) === 'Value' ? at(model, [...(path.slice(0, -1) as Path), 'Name']) : path.at(-1);
      const index = indexOf(String(path[1]));
      if (index !== undefined && MODES.test(String(named)))
        found.add(`${String(named)} of ${pairing.at(index).path}`);
    }
  }
  const names = observed.map(({ environment: { id } }) => `"${id}"`);
  return [...found].map((variable) => ({
    rule: 'mode-variable',
    text: `the variable ${variable} follows the name of the environment, which is ${names.join(' and ')}: frameworks run other code by it, and no template tells`,
    fix: 'Give it the same value in every environment, such as "production".',
  }));
}
