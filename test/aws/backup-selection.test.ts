import { isSelectingNothing, selectingNothing, selectsNothing } from '../../lib/aws/backup-selection';
import type { Json } from '../../lib/json';

const TEAM = { ConditionKey: 'aws:ResourceTag/team', ConditionValue: 'shop' };
const NONE = { ConditionKey: 'aws:ResourceTag/cdk-twin', ConditionValue: 'staging' };

it('a selection that must have a tag and must not have it selects nothing, and keeps its own conditions', () => {
  const conditions = selectingNothing({ StringEquals: [TEAM], StringLike: [TEAM] });
  expect(conditions).toEqual({ StringEquals: [TEAM, NONE], StringNotEquals: [NONE], StringLike: [TEAM] });
  expect(selectsNothing({ BackupSelection: { Conditions: conditions } })).toBe(true);
});

it.each<[Json]>([
  [{}],
  [{ BackupSelection: {} }],
  [{ BackupSelection: { Conditions: { StringEquals: [NONE] } } }],
  [{ BackupSelection: { Conditions: { StringNotEquals: [NONE] } } }],
  [{ BackupSelection: { Conditions: { StringEquals: [TEAM], StringNotEquals: [NONE] } } }],
])('a selection of %j may select something', (properties) => {
  expect(selectsNothing(properties as never)).toBe(false);
});

it('is the only difference that it makes', () => {
  const at = (...below: (string | number)[]) => ['BackupSelection', 'Conditions', ...below];
  expect(isSelectingNothing(at(), undefined, selectingNothing(undefined))).toBe(true);
  expect(isSelectingNothing(at('StringNotEquals'), undefined, [NONE])).toBe(true);
  expect(isSelectingNothing(at('StringEquals', 1), undefined, NONE)).toBe(true);
  expect(isSelectingNothing(at('StringEquals', 0), TEAM, NONE)).toBe(false);
  expect(isSelectingNothing(at('StringEquals', 1), undefined, TEAM)).toBe(false);
  expect(isSelectingNothing(at('StringLike'), undefined, [NONE])).toBe(false);
  expect(isSelectingNothing(at(), undefined, { StringEquals: [NONE] })).toBe(false);
  expect(isSelectingNothing(['BackupSelection', 'Resources'], undefined, [NONE])).toBe(false);
});
