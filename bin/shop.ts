import type { App } from 'aws-cdk-lib';
import { Twins } from '../lib';
import { shopScale, WebShop } from '../lib/shop';
import { production, staging } from './sizes';

/** What the shop's environments are made with: the context of `cdk deploy -c key=value`. */
export interface ShopProps {
  /**
   * The tag of the images; names the staging's stack too, so that several releases can be rehearsed at once.
   * @default 'latest'
   */
  readonly release?: string;
  /**
   * Names the staging's stack instead, such as `20261121-041233-1.42.0`: a rehearsal brings one stack from release to
   * release. @default - the release does
   */
  readonly rehearsal?: string;
  /** When staging deletes itself: UTC, `yyyy-mm-ddThh:mm:ss`. */
  readonly expires: string;
  /** HTTPS, with the certificate that is named when a stack is deployed. */
  readonly tls: boolean;
}

/** The shop's production and its ephemeral twin. */
export function shop(app: App, { release, rehearsal, expires, tls }: ShopProps) {
  const suffix = rehearsal ?? release;
  const twins = new Twins(app, {
    scale: shopScale,
    environment: WebShop,
    props: { release: release ?? 'latest', tls },
  });
  return {
    prod: twins.prod('Prod', { scale: production }),
    staging: twins.staging('StagingEphemeral', {
      scale: staging,
      expires,
      ...(suffix !== undefined && { stackName: `StagingEphemeral-${legal(suffix)}` }),
    }),
  };
}

/** As part of a stack's name, short enough that the names of clusters made of it stay legal. */
const legal = (suffix: string): string =>
  suffix
    .slice(0, 32)
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
