import { equalJson, isObject, listOf, type Json, type JsonObject } from '../json';

/**
 * A condition on a tag. AWS Backup assigns only what meets all conditions of a selection, so that one which must hold and must
 * not hold selects nothing: AWS Backup Developer Guide, "API Conditions"; CloudFormation, `BackupSelectionResourceType`.
 */
const ANY_TAG = { ConditionKey: 'aws:ResourceTag/cdk-twin', ConditionValue: 'staging' };

/** The conditions that cannot hold together. */
const CONTRADICTION = ['StringEquals', 'StringNotEquals'] as const;

/** The conditions of a selection, with those by which it selects nothing. */
export function selectingNothing(conditions: Json | undefined): JsonObject {
  const given = isObject(conditions) ? conditions : {};
  return {
    ...given,
    ...Object.fromEntries(CONTRADICTION.map((name) => [name, [...listOf(given[name]), ANY_TAG]])),
  };
}

/** Whether a selection selects nothing, so that no recovery point comes of it. */
export function selectsNothing(properties: JsonObject): boolean {
  const selection = properties['BackupSelection'];
  const conditions = isObject(selection) ? selection['Conditions'] : undefined;
  if (!isObject(conditions)) return false;
  return CONTRADICTION.every((name) => listOf(conditions[name]).some((it) => equalJson(it, ANY_TAG)));
}

/**
 * Whether a difference is what makes a selection select nothing.
 *
 * @param path - below `Properties`
 */
export function isSelectingNothing(
  path: readonly (string | number)[],
  prod: Json | undefined,
  staging: Json | undefined,
): boolean {
  const [selection, conditions, name, index, ...rest] = path;
  if (selection !== 'BackupSelection' || conditions !== 'Conditions' || prod !== undefined || rest.length > 0)
    return false;
  if (name === undefined) return equalJson(staging, selectingNothing(undefined));
  if (!CONTRADICTION.some((it) => it === name)) return false;
  return equalJson(staging, index === undefined ? [ANY_TAG] : ANY_TAG);
}
