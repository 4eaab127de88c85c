import type { GateResult } from '../../evidence/evidence';
import { servicesOfOwnCode } from '../../evidence/ran';
import { NOT_MEASURED } from '../../rehearsal/gates/gate';
import type { Measured } from '../measured';

/** Judges whether the release is what runs: without that no other figure is about it. */
export function releaseGate(measured: Measured): GateResult {
  const { release } = measured;
  const problems = problemsOf(measured);
  const proof = proofOf(measured);
  return {
    gate: 'release',
    rule: `${release} answers with its name, or runs the code of ${release}`,
    measured: problems.length > 0 ? problems.join('; ') : (proof ?? NOT_MEASURED),
    passed: problems.length === 0 && proof !== undefined,
  };
}

/** What contradicts that the release runs. */
export function problemsOf({ ran }: Pick<Measured, 'ran'>): string[] {
  const several = ran.services.filter(({ code }) => code.length > 1);
  return [
    ...ran.services.flatMap(({ problem }) => problem ?? []),
    ...several.map(
      ({ service, code }) => `the tasks of ${service} run ${code.length} images: ${code.join(', ')}`,
    ),
  ];
}

/** What shows that it runs: its own answer before all else. */
function proofOf({ release, ran, checks, forecast, baseline }: Measured): string | undefined {
  const answers = ran.services.filter(({ answered }) => answered !== undefined);
  if (answers.length > 0)
    return answers.map(({ service, answered }) => `${service} answered ${answered}`).join(', ');
  const check = checks.find(({ outcome, shows }) => outcome === 'passed' && shows === release);
  if (check) return `shown by the check "${check.name}"`;
  const rehearsed = forecast ? servicesLike(ran, forecast.code) : [];
  if (rehearsed.length > 0) return `${rehearsed.join(', ')} ran the image that was rehearsed`;
  if (!baseline || baseline.release === release) return undefined;
  const own = servicesOfOwnCode(ran, baseline.ran).map(({ service }) => service);
  return own.length === 0 ? undefined : `${own.join(', ')} ran other code than ${baseline.release}`;
}

/** The services that run the same images, by their digests. */
function servicesLike(
  { services }: Measured['ran'],
  rehearsed: readonly { readonly service: string; readonly code: readonly string[] }[],
): string[] {
  const like = services.filter(({ service, code }) => {
    const known = rehearsed.find((it) => it.service === service)?.code ?? [];
    return code.length > 0 && code.every((it) => isDigest(it) && known.includes(it));
  });
  return like.map(({ service }) => service);
}

/** The services that run another image than was rehearsed: each account may have built its own. */
export function otherImages({ ran, forecast }: Measured): string[] {
  return ran.services.flatMap(({ service, code }) => {
    const known = (forecast?.code.find((it) => it.service === service)?.code ?? []).filter(isDigest);
    const others = code.filter((it) => isDigest(it) && !known.includes(it));
    return known.length === 0 || others.length === 0
      ? []
      : [`${service} runs the image ${others.join(', ')}; rehearsed was ${known.join(', ')}`];
  });
}

const isDigest = (code: string): boolean => code.startsWith('sha256:');
