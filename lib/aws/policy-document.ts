import { isObject, listOf, type Json } from '../json';
import { ANY, objectShape, oneOrMany, TEXT, type ChoiceShape, type MapShape, type Shape } from '../shape';

/**
 * A place that holds an IAM policy, or statements of one: IAM User Guide, "IAM JSON policy elements reference". What looks otherwise is
 * any JSON: the policies of Amazon SNS for filters, of Amazon ECR for the life of images, and others are written in languages of their own.
 */
export const POLICY: ChoiceShape = {
  kind: 'choice',
  choose: (value) => {
    if (isObject(value) && isStatements(value['Statement'])) return DOCUMENT;
    return isStatements(value) ? STATEMENTS : ANY;
  },
};

const isStatements = (value: Json | undefined): boolean => {
  const all = Array.isArray(value) ? listOf(value) : [value];
  return all.some(isStatement) && all.every((it) => isStatement(it) || isFunction(it));
};

const isStatement = (value: Json | undefined): boolean =>
  isObject(value) && 'Effect' in value && ('Action' in value || 'NotAction' in value);

const isFunction = (value: Json | undefined): boolean =>
  isObject(value) && Object.keys(value).every((key) => key === 'Ref' || key.startsWith('Fn::'));

const TEXT_SET = oneOrMany(TEXT);

/** "The prefix and the action name are case insensitive." */
const ACTION_SET = oneOrMany({ kind: 'text', ignoresCase: true });

/** `"*"` is `{ "AWS": "*" }`: "AWS JSON policy elements: Principal". */
const PRINCIPALS: MapShape = {
  kind: 'map',
  element: TEXT_SET,
  understood: (value) => (value === '*' ? { AWS: '*' } : value),
};

const STATEMENT: Shape = objectShape({
  Sid: TEXT,
  Effect: TEXT,
  Principal: PRINCIPALS,
  NotPrincipal: PRINCIPALS,
  Action: ACTION_SET,
  NotAction: ACTION_SET,
  Resource: TEXT_SET,
  NotResource: TEXT_SET,
  // By operator and by key; numbers and booleans may be written without quotes.
  Condition: { kind: 'map', element: { kind: 'map', element: TEXT_SET } },
});

const STATEMENTS = oneOrMany(STATEMENT);

/** "If you do not include a Version element, the value defaults to 2008-10-17." */
const DOCUMENT = objectShape({ Version: TEXT, Id: TEXT, Statement: STATEMENTS }, (value) =>
  isObject(value) && !('Version' in value) ? { Version: '2008-10-17', ...value } : value,
);
