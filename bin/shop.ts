import type { App } from 'aws-cdk-lib';
import { Environment, shopScale, Twins } from '../lib';
import { production, staging } from './sizes';

/** What the shop's environments are made with: the context of `cdk deploy -c key=value`. */
export interface ShopProps {
  /** The tag of the images; names the staging's stack too, so that several releases can be rehearsed at once. */
  readonly release?: string;
  /** When staging deletes itself: UTC, `yyyy-mm-ddThh:mm:ss`. */
  readonly expires: string;
  /** HTTPS, with the certificate that is named when a stack is deployed. */
  readonly tls: boolean;
}

/** The shop's production and its ephemeral twin. */
export function shop(app: App, { release, expires, tls }: ShopProps) {
  const twins = new Twins(app, {
    scale: shopScale,
    environment: Environment,
    props: { release: release ?? 'latest', tls },
  });
  return {
    prod: twins.prod('Prod', { scale: production }),
    staging: twins.staging('StagingEphemeral', {
      scale: staging,
      expires,
      ...(release !== undefined && { stackName: `StagingEphemeral-${nameOf(release)}` }),
    }),
  };
}

/** A release as part of a stack's name, short enough that the names of clusters made of it stay legal. */
const nameOf = (release: string): string =>
  release
    .slice(0, 32)
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
