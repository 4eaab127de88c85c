import { Stack, Stage, type App, type Environment, type StackProps, type StageProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { defineScale, instanceClass, replicas, Twins, type count, type ScaleOf } from '../../lib';
import { newApp } from '../app';

/**
 * What must compile, and what must not: `tsc` checks this file, and `@ts-expect-error` fails where nothing is wrong. The
 * functions are never called.
 */
const app: App = newApp();
const scale = defineScale({
  readers: replicas({ reason: 'fewer reads' }),
  dbClass: instanceClass({ reason: 'less data' }),
});
const both = { scale: { readers: 3, dbClass: 'r7g.large' } } as const;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T => true as T;

class ShopStack extends Stack {
  readonly url = '';
  constructor(scope: App, id: string, props: StackProps & { readers: number; instanceType: string }) {
    super(scope, id, props);
  }
}
class ShopStage extends Stage {}
class Topology extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: { readonly scale: ScaleOf<typeof scale>; readonly release: string },
  ) {
    super(scope, id);
  }
}

export function functions(): void {
  const twins = new Twins(app, {
    scale: { readers: replicas({ reason: '', max: 15 }), dbClass: instanceClass({ reason: '' }) },
    derived: {
      connections: { from: ['dbClass'], value: ({ dbClass }) => dbClass.length },
      label: { from: ['readers', 'dbClass'], value: ({ readers, dbClass }) => `${readers} x ${dbClass}` },
    },
    environment: (scope, id, { readers, dbClass, connections, label }, options) => {
      is<Equal<typeof scope, App>>();
      is<Equal<typeof readers, number>>();
      is<Equal<typeof connections, number>>();
      is<Equal<typeof label, string>>();
      return new ShopStack(scope, id, { ...options, readers: readers + connections, instanceType: dbClass });
    },
  });
  const prod: ShopStack = twins.prod('Prod', both);
  const staging = twins.staging('Staging', { scale: { readers: 2 }, expires: '' });
  is<Equal<typeof staging, ShopStack>>();
  is<Equal<typeof prod.url, ''>>();
  // @ts-expect-error - a factor that does not exist
  twins.staging('Staging', { scale: { reader: 2 }, expires: '' });
  // @ts-expect-error - production gives every factor a value
  twins.prod('Prod', { scale: { readers: 3 } });
  // @ts-expect-error - derived values are not given
  twins.prod('Prod', { scale: { readers: 3, dbClass: 'r7g.large', connections: 1 } });
  // @ts-expect-error - a staging has an end
  twins.staging('Staging', { scale: { readers: 2 } });
  // @ts-expect-error - a function has no shared props: it closes over them
  new Twins(app, { scale, environment: (to, id) => new ShopStage(to, id), props: { release: '' } });
  // @ts-expect-error - neither a stack nor a stage is returned
  new Twins(app, { scale, environment: (to, id) => new Construct(to, id) });
  // @ts-expect-error - nothing is returned
  new Twins(app, { scale, environment: (to, id) => void new ShopStage(to, id) });
  new Twins(app, {
    scale,
    // @ts-expect-error - a value that is neither a factor nor derived
    environment: (to, id, { writers }) => new ShopStage(to, id + writers),
  });
}

export function derivedValues(): void {
  const environment = (to: App, id: string): ShopStage => new ShopStage(to, id);
  // @ts-expect-error - neither a number nor a string
  new Twins(app, { scale, environment, derived: { max: { from: ['readers'], value: () => true } } });
  // @ts-expect-error - a factor that does not exist
  new Twins(app, { scale, environment, derived: { max: { from: ['writers'], value: () => 2 } } });
  new Twins(app, {
    scale,
    environment,
    // @ts-expect-error - it reads a factor that it does not name
    derived: { max: { from: ['readers'], value: ({ dbClass }) => dbClass } },
  });
  new Twins(app, {
    environment: (to, id, { readers, max }) => new ShopStage(to, id + max.toFixed() + readers.toFixed()),
    derived: { max: { from: ['readers'], value: () => 2 } },
    scale,
  });
}

export function classes(): void {
  const shops = new Twins(app, { scale, environment: Topology, props: { release: '1.0.0' } });
  const shop = shops.prod('Prod', both);
  is<Equal<typeof shop, Topology>>();
  // @ts-expect-error - its release is missing
  new Twins(app, { scale, environment: Topology });
  // @ts-expect-error - its release is a string
  new Twins(app, { scale, environment: Topology, props: { release: 1 } });
  // @ts-expect-error - there is no such prop
  new Twins(app, { scale, environment: Topology, props: { release: '1', other: 1 } });

  class Fewer extends Construct {
    constructor(to: Construct, id: string, props: { scale: { readers: number }; note?: string }) {
      super(to, id + props.scale.readers);
    }
  }
  new Twins(app, { scale, environment: Fewer }).prod('Prod', both);
  new Twins(app, { scale, environment: Fewer, props: { note: '' } });

  class Derived extends Stack {
    constructor(to: App, id: string, props: StackProps & { scale: ScaleOf<typeof scale> & { max: number } }) {
      super(to, id, props);
    }
  }
  const max = { from: ['readers' as const], value: ({ readers }: { readers: number }) => 2 * readers };
  new Twins(app, { scale, derived: { max }, environment: Derived }).prod('Prod', both);
  // @ts-expect-error - the class asks for a derived value that is not declared
  new Twins(app, { scale, environment: Derived });

  interface Regional extends StackProps {
    readonly scale: ScaleOf<typeof scale>;
    readonly env: Environment; // asked of prod and staging, not here
  }
  class RegionalStack extends Stack {
    constructor(to: App, id: string, props: Regional) {
      super(to, id, props);
    }
  }
  new Twins(app, { scale, environment: RegionalStack });
  class AppStage extends Stage {
    constructor(to: Construct, id: string, props: StageProps & { scale: ScaleOf<typeof scale> }) {
      super(to, id, props);
    }
  }
  const stage: AppStage = new Twins(app, { scale, environment: AppStage }).prod('Prod', both);
  is<Equal<typeof stage, AppStage>>();

  class Stringly extends Construct {
    constructor(to: Construct, id: string, props: { scale: { readers: string } }) {
      super(to, id + props.scale.readers);
    }
  }
  // @ts-expect-error - its readers are a string
  new Twins(app, { scale, environment: Stringly });
  class Scaleless extends Construct {
    constructor(to: Construct, id: string, props: { release: string }) {
      super(to, id + props.release);
    }
  }
  // @ts-expect-error - it takes no scale
  new Twins(app, { scale, environment: Scaleless, props: { release: '' } });
  class Misplaced extends Construct {
    constructor(to: App, id: string, props: { scale: ScaleOf<typeof scale> }) {
      super(to, id + props.scale.readers);
    }
  }
  // @ts-expect-error - no stack: it gets a stack as its scope, and asks for the app
  new Twins(app, { scale, environment: Misplaced });
}

export function written(): Twins<typeof scale.factors, Stack> {
  class InStage extends Stack {
    constructor(to: Stage, id: string, props: { scale: ScaleOf<typeof scale> }) {
      super(to, id + props.scale.dbClass);
    }
  }
  const annotated: Twins<typeof scale.factors, InStage> = new Twins(app, { scale, environment: InStage });
  // @ts-expect-error - other factors
  const wrong: Twins<{ tasks: ReturnType<typeof count> }, InStage> = annotated;
  return wrong as never;
}
