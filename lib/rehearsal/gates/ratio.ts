import type { Zod } from '../../field';

/**
 * The limits of a ratio of response times.
 *
 * @param over - what they are compared with, as in `the baseline's`
 */
export const ratioLimits = (z: Zod, over: string) =>
  z.strictObject({
    maxRatio: z.number().gt(0).describe(`${over} at the most; 1.5 permits one and a half times as long.`),
    ignoreBelowMs: z.number().min(0).default(0).describe('Below this the ratio is ignored.'),
  });

/** The limits of a ratio. */
interface RatioLimits {
  readonly maxRatio: number;
  readonly ignoreBelowMs?: number | undefined;
}

/** The limits in words. @param of - what is compared with, as in `the baseline's` */
export const ratioRule = ({ maxRatio, ignoreBelowMs = 0 }: RatioLimits, of: string): string =>
  `at most ${maxRatio} times ${of}${ignoreBelowMs > 0 ? `, or below ${ignoreBelowMs} ms` : ''}`;
