import type { Difference } from '../template/differences';

/** The rule for the address of a nested stack's template: permitted where that stack is compared itself. */
export const NESTED_TEMPLATE = 'nested template';

/** A nested stack's template is named for its content: what differs in it is found where it is compared itself. */
export const isNestedTemplate = ({ path, prod, staging }: Difference): boolean =>
  path[0] === 'Resources' &&
  path[2] === 'Properties' &&
  path[3] === 'TemplateURL' &&
  [prod, staging].some((value) => JSON.stringify(value ?? null).match(/[0-9a-f]{64}\.json/) !== null);
