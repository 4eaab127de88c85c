import { showAnswers } from '../../evidence/dark-launch';
import type { DarkLaunch } from '../../evidence/evidence';
import type { Gate, Measured } from './gate';

/** Answers of the candidate that are not those of the baseline. */
export const ANSWERS: Gate<'maxDifferingAnswers', DarkLaunch, Pick<Measured, 'gates' | 'darkLaunch'>> = {
  name: 'answers',
  key: 'maxDifferingAnswers',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe("How many answers of the candidate may differ from the baseline's to the same requests."),
  needs: [['darkLaunch']],
  rule: (most) => (most === 0 ? 'none differs' : `at most ${most} differ`),
  measure: ({ darkLaunch }) => [{ figure: darkLaunch && darkLaunch.compared > 0 ? darkLaunch : undefined }],
  passes: ({ differing }, most) => differing <= most,
  show: showAnswers,
};
