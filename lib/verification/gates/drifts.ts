import type { SeenDrift } from '../../evidence/verification';
import type { Gate } from './gate';

/** What runs otherwise than it was deployed. */
export const DRIFTS: Gate<'maxDrifts', readonly SeenDrift[]> = {
  name: 'drift',
  key: 'maxDrifts',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe(
        'How much may run otherwise than the templates say that it was deployed from, as `twin live` finds it: classes, engine versions, parameters, images; on AWS alone.',
      ),
  rule: (most) => `at most ${most}`,
  measure: ({ drifts }) => [{ figure: drifts }],
  passes: (drifts, most) => drifts.length <= most,
  show: (drifts) =>
    [
      String(drifts.length),
      ...drifts
        .slice(0, 1)
        .map(({ what, running, deployed }) => `${what} is ${running}, deployed ${deployed}`),
    ].join(': '),
};
