/** Names of resource types by their service, a text of names each: `{ 'AWS::SNS': 'Subscription Topic' }`. */
export type ByService = Readonly<Record<string, string>>;

/** The resource types of a table. */
export const typesIn = (table: ByService): string[] =>
  Object.entries(table).flatMap(([service, names]) => names.split(' ').map((name) => `${service}::${name}`));
