import { App } from 'aws-cdk-lib';
import { production } from '../bin/sizes';
import { TwinError, Twins } from '../lib';
import { parityOfAssembly } from '../lib/parity/assembly-parity';
import type { FactorValue } from '../lib/scale/kinds';
import { checkShape } from '../lib/scale/rules';
import { otherValues } from '../lib/scale/tried-values';
import { shopScale, WebShop } from '../lib/shop';

/** A staging at another legal scale, and whether it is a twin. */
export interface ScaledTwin {
  readonly name: string;
  readonly isTwin: boolean;
}

/**
 * The nearest legal values of every factor of the shop, one factor at a time, each synthesised as a staging. Values that break a
 * proportion are no permitted changes and are left out.
 */
export function* scaledTwins(): Generator<ScaledTwin> {
  for (const [name, factor] of Object.entries(shopScale.factors)) {
    const prod: FactorValue = production[name as keyof typeof production];
    const legal = otherValues(factor, [prod]).filter(
      (value) => checkShape(name, factor, prod, value).length === 0,
    );
    for (const value of legal) {
      const isTwin = synthesise({ [name]: value });
      if (isTwin !== undefined) yield { name: `${name} = ${JSON.stringify(value)}`, isTwin };
    }
  }
}

/** Undefined when the values break a proportion. */
function synthesise(scale: Partial<typeof production>): boolean | undefined {
  const app = new App({
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
  });
  const twins = new Twins(app, {
    scale: shopScale,
    environment: WebShop,
    props: { release: '1.42.0', tls: false },
  });
  twins.prod('Prod', { scale: production });
  try {
    twins.staging('StagingEphemeral', { scale, expires: '2026-12-01T18:00:00' });
  } catch (error) {
    if (error instanceof TwinError && error.code === 'scale') return undefined;
    throw error;
  }
  return parityOfAssembly(app.synth().directory).every(({ verdict }) => verdict === 'twins');
}
