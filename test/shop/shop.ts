import { readFileSync } from 'node:fs';
import { type App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { production } from '../../bin/sizes';
import type { ScaleValues } from '../../lib/scale/definition';
import { WebShop } from '../../lib/shop/web-shop';
import { shopScale } from '../../lib/shop/scale';
import { newApp } from '../app';

export type ShopValues = ScaleValues<(typeof shopScale)['factors']>;

export interface Options {
  readonly values?: ShopValues;
  readonly tls?: boolean;
  readonly release?: string;
  readonly stackName?: string;
  readonly env?: StackProps['env'];
}

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/** A stack with nothing in it, in an app that is configured like the real one. */
export function empty({ stackName = 'Prod', env }: Options = {}): {
  app: App;
  stack: Stack;
} {
  const app = newApp({ context: { ...context, 'aws:cdk:enable-path-metadata': false }, treeMetadata: false });
  return { app, stack: new Stack(app, stackName, { env }) };
}

/** The shop in a stack of its own. */
export function build(options: Options = {}): { app: App; stack: Stack; shop: WebShop } {
  const { values = production, tls = true, release = '1.4.2' } = options;
  const { app, stack } = empty(options);
  const { scale } = shopScale.bindProduction(stack.stackName, values);
  return { app, stack, shop: new WebShop(stack, 'Shop', { scale, release, tls }) };
}

/** The template of the shop. */
export const synth = (options?: Options): Template => Template.fromStack(build(options).stack);

/** The properties of the resources of one type, by logical id. */
export function propertiesOf(template: Template, type: string): Record<string, Record<string, unknown>> {
  const found = Object.entries(template.findResources(type)) as [
    string,
    { Properties: Record<string, unknown> },
  ][];
  return Object.fromEntries(found.map(([id, { Properties }]) => [id, Properties]));
}

/** The only logical id of a type that begins like this. */
export function idOf(template: Template, type: string, start = ''): string {
  const ids = Object.keys(template.findResources(type)).filter((id) => id.startsWith(start));
  if (ids.length !== 1) throw new Error(`${ids.length} of ${type} begin with "${start}": ${ids.join()}`);
  return ids[0]!;
}
