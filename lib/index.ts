export { TwinError } from './error';
export type { TwinErrorProps } from './error';
export { defineScale } from './scale/definition';
export type {
  BoundScale,
  Factors,
  Scale,
  ScaleDefinition,
  ScaleOf,
  ScaleProps,
  ScaleValues,
} from './scale/definition';
export type { DerivedFrom, DerivedNames, DerivedValue, DerivedValues } from './scale/derived';
export {
  autoscalingRange,
  cacheNode,
  capacityRange,
  concurrency,
  count,
  duration,
  fargateSize,
  groupSize,
  instanceClass,
  lambdaMemory,
  memory,
  replicas,
  shards,
  storage,
  throughput,
  throughputRange,
} from './scale/kinds';
export type {
  AmountFactorProps,
  AutoscalingRange,
  CapacityRange,
  Factor,
  FactorKind,
  FactorProps,
  FactorValue,
  FargateSize,
  GroupSize,
  ThroughputRange,
  ValueOf,
} from './scale/kinds';
export type { Proportion, ProportionResult } from './scale/proportions';
export { auroraMaxConnections, documentDbLimits, fargateMemory, valkeyMemory } from './scale/sizes';
export type { DocumentDbLimits } from './scale/sizes';
export type { Outside } from './checks/outside';
export type { ExpiryWarning } from './twins/lifecycle/self-destruct';
export { Twins } from './twins/twins';
export type {
  Derived,
  DerivedProps,
  EnvironmentClass,
  EnvironmentFunction,
  ProdProps,
  Snapshot,
  StagingProps,
  TwinsProps,
  Values,
} from './twins/definition';
export type { EnvironmentOptions } from './twins/environments';
export { defaultExpiry } from './twins/lifecycle/self-destruct';
export { shape } from './twins/shape';
export { parityOfAssembly } from './parity/assembly-parity';
export { parityOfTemplates } from './parity/parity';
export type { ParityOptions } from './parity/parity';
export type { FactorList, ListedFactor } from './parity/factor-list';
export type { Manifest } from './parity/manifest';
export type { Whitelist } from './parity/whitelist';
export type { FactorReport, Forbidden, ParityReport, Permitted } from './parity/report';
