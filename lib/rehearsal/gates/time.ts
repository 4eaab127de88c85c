import { atMost, inFigures, type Gate } from './gate';

/** How long the rehearsal took. */
export const TIME: Gate<'maxMinutes', number> = {
  name: 'time',
  key: 'maxMinutes',
  schema: (z) => z.number().gt(0).describe('How long the rehearsal may take.'),
  ...atMost((value) => `${inFigures(value)} min`),
  measure: ({ minutes }) => [{ figure: minutes }],
};
