import type { Tier } from '../../blueprint/blueprint';
import { showFactorValue } from '../../parity/reports/parts';
import type { FactorReport, ParityReport } from '../../parity/report';
import { layout, planOf, sideOf, unitOf, WIDTH, type Placed, type Plan } from './drawing';
import type { Drawn, Evidence } from '../evidence';
import { showShare } from '../figures';
import { folded, markup, type Markup, type Part } from './syntax';

/** Both environments side by side, to scale, tier by tier, with the factors that make staging smaller. */
export function environments({ environments: { prod, staging }, parity }: Evidence): Part {
  const names = [...new Set([...prod.tiers, ...staging.tiers].map(({ name }) => name))];
  const unit = unitOf([...prod.tiers, ...staging.tiers].map(planOf));
  const draw = ({ environment, tiers }: Drawn, name: string): Drawing => {
    const tier = tiers.find((it) => it.name === name);
    return { environment, name, unit, plan: tier && planOf(tier) };
  };
  return {
    lead: `${totals(prod, staging)}.`,
    about: 'The area of a box is its vCPUs.',
    content: markup`${overview(names.map((name) => [draw(prod, name), draw(staging, name)]))}${folded(
      'Tier by tier, with scale factors',
      markup`${legend(unit)}<div>${names.map((name) => {
        const tier = [...prod.tiers, ...staging.tiers].find((it) => it.name === name)!;
        return markup`<div class="tier">
<h3>${name} <small>${kindOf(tier)}</small></h3>
${figure(draw(prod, name))}${figure(draw(staging, name), draw(prod, name).plan)}${factorsOf(tier, parity)}</div>
`;
      })}</div>
`,
    )}`,
  };
}

/** All tiers at a glance, production's beside staging's. Each of both is as wide as its widest tier, so that all have one scale. */
function overview(tiers: readonly (readonly [prod: Drawing, staging: Drawing])[]): Markup {
  const rooms = [0, 1].map((i) => widest(tiers.map((both) => both[i]!)));
  const all = rooms.reduce((sum, room) => sum + room, 0);
  const rows = tiers.map((both) => {
    const [prod, staging] = both;
    const drawn = both.map((it, i) => thumbnail(it, rooms[i]!, (rooms[i]! / all) * 100));
    return markup`<li><p><b>${prod.name}</b> <small>${sizes(prod.plan, staging.plan)}</small></p><div>${drawn}</div></li>
`;
  });
  return markup`<ul class="overview">${rows}</ul>
`;
}

/** The least width of the drawings of an environment: with less, a small one would be drawn too large. */
const MIN_WIDTH = WIDTH / 2;

const widest = (drawings: readonly Drawing[]): number =>
  Math.max(
    MIN_WIDTH,
    ...drawings.flatMap(({ plan, unit }) =>
      plan ? layout(plan, unit).placed.map(({ x, width }) => x + width + 1) : [],
    ),
  );

function sizes(prod: Plan | undefined, staging: Plan | undefined): string {
  const [before, after] = [prod, staging].map((plan) => (plan?.vcpu ? showCpu(plan.vcpu) : '0'));
  return before === '0' && after === '0' ? '' : `${before} → ${after} vCPU`;
}

/** One tier of one environment. */
function thumbnail({ environment, name, unit, plan }: Drawing, room: number, percent: number): Markup {
  if (!plan)
    return markup`<svg width="${percent.toFixed(2)}%" viewBox="0 0 ${room.toFixed(2)} 24" role="img"><title>${name} is not in ${environment}</title><text y="16">not in ${environment}</text></svg>`;
  const { placed, height } = layout(plan, unit);
  return markup`<svg width="${percent.toFixed(2)}%" viewBox="0 0 ${room.toFixed(2)} ${height.toFixed(1)}" role="img"><title>${name} in ${environment}: ${plan.count}</title>${placed.map(shapeOf)}</svg>`;
}

/** How many vCPUs run in each environment, as far as the sizes are known. */
function totals(prod: Drawn, staging: Drawn): string {
  const [p, s] = [prod, staging].map(({ tiers }) =>
    tiers.reduce((sum, tier) => sum + (planOf(tier).vcpu ?? 0), 0),
  );
  return p && s
    ? `${showCpu(p)} vCPU in ${prod.environment}, ${showCpu(s)} in ${staging.environment} (${showShare(s / p)})`
    : `${prod.environment} beside ${staging.environment}`;
}

const showCpu = (vcpu: number): string => String(Number(vcpu.toFixed(2)));

interface Drawing {
  readonly environment: string;
  readonly name: string;
  readonly unit: number;
  /** Undefined when the environment does not have the tier. */
  readonly plan: Plan | undefined;
}

/** One tier of one environment; staging's beside production's plan. */
function figure({ environment, name, unit, plan }: Drawing, prod?: Plan): Markup {
  const where = markup`<p class="where">${environment}</p>`;
  if (!plan) return markup`<figure>${where}<figcaption>does not exist</figcaption></figure>\n`;
  const { placed, height } = layout(plan, unit);
  const id = `${environment}-${name}`.replaceAll(/[^\w-]/g, '_');
  const text = [plan.count, plan.size].filter((it) => it !== '').join(', ');
  return markup`<figure>${where}<svg viewBox="0 0 ${WIDTH} ${height.toFixed(1)}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${name} in ${environment}</title><desc id="${id}-desc">${text}</desc>${placed.map(shapeOf)}</svg>
<figcaption><b>${plan.count}</b>${plan.size === '' ? undefined : markup`<br>${plan.size}`}${total(plan, prod)}</figcaption></figure>
`;
}

function total({ vcpu }: Plan, prod: Plan | undefined): Markup | undefined {
  if (vcpu === undefined || vcpu === 0) return undefined;
  const share = prod?.vcpu ? ` (${showShare(vcpu / prod.vcpu)} of production)` : '';
  return markup`<br><span class="soft">${showCpu(vcpu)} vCPU in total${share}</span>`;
}

function shapeOf({ x, y, width, height, box }: Placed): Markup {
  const name = box === undefined ? 'shard' : box.role !== 'storage' && !box.size ? 'unknown' : box.role;
  const [a, b, w, h] = [x, y, width, height].map((value) => value.toFixed(1));
  if (name === 'storage') {
    const [rx, middle] = [width / 2, x + width / 2];
    return markup`<path class="copy" d="M${a} ${y + 4}v${height - 8}a${rx} 4 0 0 0 ${w} 0v${-(height - 8)}"/><ellipse class="copy" cx="${middle}" cy="${y + 4}" rx="${rx}" ry="4"/>`;
  }
  const rect = markup`<rect class="${name}" x="${a}" y="${b}" width="${w}" height="${h}" rx="2"/>`;
  if (name !== 'unknown') return rect;
  return markup`${rect}<text x="${x + width / 2}" y="${y + height / 2 + 4}" text-anchor="middle">?</text>`;
}

/** The legend. Its two sample sizes are drawn at the width of the drawings, and so at their scale. */
function legend(unit: number): Markup {
  const [large, small] = [sideOf(8, unit), sideOf(2, unit)];
  const sample = (name: string, text: string): Markup =>
    markup`<span><svg width="16" height="16" aria-hidden="true"><rect class="${name}" x="1" y="1" width="14" height="14" rx="2"/></svg> ${text}</span>`;
  const sized = (x: number, side: number, text: string): Markup =>
    markup`<rect class="copy" x="${x}" y="${large - side + 1}" width="${side}" height="${side}" rx="2"/><text x="${x + side + 6}" y="${large - 2}">${text}</text>`;
  return markup`<div class="tier key"><figure><svg viewBox="0 0 ${WIDTH} ${large + 2}" role="img"><title>A box of 8 vCPU beside one of 2</title>${sized(1, large, '8 vCPU')}${sized(large + 64, small, '2 vCPU')}</svg></figure>
<p class="legend">${sample('first', 'filled: writer or primary')}${sample('copy', 'outlined: reader, replica or task')}${sample('room', 'dashed: room to scale out')}${sample('shard', 'frame: a shard')}</p></div>
`;
}

/** The factors in the tier's own resources, with both values and the reason. */
function factorsOf(tier: Tier, { factors, permitted }: ParityReport): Markup | undefined {
  const own = new Set(
    permitted
      // a dependency on a tier only names it, and says nothing about the size
      .filter(({ by, path }) => by === 'scale' && path[0] !== 'DependsOn')
      .filter(({ construct, logicalId }) => logicalId === tier.logicalId || isPartOf(construct ?? '', tier))
      .map(({ factor }) => factor),
  );
  const rows = factors.filter(({ name, blindSpot }) => blindSpot !== undefined && own.has(name));
  if (rows.length === 0) return undefined;
  return markup`<ul class="plain">${rows.map((factor) => markup`<li>${valuesOf(factor)} <span class="soft">${factor.reason}</span></li>`)}</ul>\n`;
}

function isPartOf(construct: string, { kind, name, path }: Tier): boolean {
  // constructs beside a topic or a bucket, such as alarms, are not a part of it
  const roots = kind === 'storage' || kind === 'compute' ? [path] : [name, path];
  return roots.some((root) => construct === root || construct.startsWith(`${root}/`));
}

/** A factor with both values. */
export const valuesOf = ({ name, prod, staging }: FactorReport): Markup =>
  markup`<code>${name}</code> ${showFactorValue(prod)} → ${showFactorValue(staging)}.`;

const KINDS: Readonly<Record<Tier['kind'], string>> = {
  sql: 'SQL database',
  document: 'document database',
  cache: 'cache',
  service: 'service',
  storage: 'storage',
  function: 'function',
  compute: 'compute',
};

function kindOf(tier: Tier): string {
  if (tier.kind === 'sql' || tier.kind === 'cache')
    return `${KINDS[tier.kind]}, ${tier.engine} ${tier.engineVersion}`;
  if (tier.kind === 'document') return `${KINDS.document}, DocumentDB ${tier.engineVersion}`;
  return KINDS[tier.kind];
}
