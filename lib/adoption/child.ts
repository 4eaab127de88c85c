/** A construct at the top of an app, with what its constructor was called with. */
export interface Child {
  readonly construct: object;
  readonly id: string;
  readonly given: readonly unknown[] | undefined;
  /** Where its class is written. @default - not known */
  readonly file?: string;
}

export type Constructor = new (scope: unknown, id: string, props?: object) => object;

export const classOf = ({ construct }: Child): Constructor => construct.constructor as Constructor;

/** The props that it was given. */
export const propsOf = ({ given = [] }: Child): Readonly<Record<string, unknown>> =>
  (given[2] ?? {}) as Readonly<Record<string, unknown>>;

/** The name of a stack as it is deployed. */
export const stackNameOf = ({ construct, id }: Child): string => {
  const { stackName } = construct as { readonly stackName?: unknown };
  return typeof stackName === 'string' ? stackName : id;
};
