import { recreationOf } from '../../evidence/recreation';
import { atMost, inFigures, type Gate } from './gate';

const MINUTE_MS = 60_000;

/** How long it takes to make the environment from its definition and its backups. */
export const RECREATION: Gate<'maxRecreateMinutes', number> = {
  name: 'recreation',
  key: 'maxRecreateMinutes',
  schema: (z) =>
    z
      .number()
      .gt(0)
      .describe(
        'How long the environment may take to be made from its definition and its backups: the steps `seed` and `stand up`.',
      ),
  ...atMost((value) => `${inFigures(value)} min`),
  measure: (measured) => {
    const { ms } = recreationOf(measured);
    return [{ figure: ms === undefined ? undefined : ms / MINUTE_MS }];
  },
};

/** How old the data are that it is made from. */
export const DATA_LOSS: Gate<'maxDataLossMinutes', number> = {
  name: 'data loss',
  key: 'maxDataLossMinutes',
  schema: (z) =>
    z
      .number()
      .min(0)
      .describe(
        'How old the oldest backup may be that it is made from. On this machine no backup is restored: there the gate fails as not measured.',
      ),
  ...atMost((value) => `${inFigures(value)} min`),
  measure: (measured) => {
    const { dataLossMs } = recreationOf(measured);
    return [{ figure: dataLossMs === undefined ? undefined : dataLossMs / MINUTE_MS }];
  },
};
