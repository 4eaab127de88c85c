import * as z from 'zod';
import { nonBlank } from '../field';
import type { AnyCheckKind } from '../probes/check-kind';
import { CHECKS } from '../probes/checks';
import { trafficSchema } from '../probes/traffic';
import { versionSchema } from '../probes/version';
import { capacitySchema } from '../rehearsal/capacity';
import { darkLaunchSchema } from '../rehearsal/dark-launch';
import type { AnyDrillKind } from '../rehearsal/drills/drill';
import { DRILLS } from '../rehearsal/drills/registry';
import { gatesSchema } from '../rehearsal/gates/registry';
import { releasesSchema } from '../rehearsal/release-code';
import { synthSchema } from '../rehearsal/synthesize';
import { cutoverSchema } from '../cutover/config';
import { verificationSchema } from '../verification/config';
import { sectionSchemas, type TargetSections } from '../targets/registry';
import type { JsonSchema } from './json-schema';
import type {
  ChecksConfig,
  CutoverConfig,
  DrillsConfig,
  GatesConfig,
  P95Gate,
  RehearsalConfig,
  SynthConfig,
  TrafficConfig,
  VerificationConfig,
  VerificationGates,
} from './types';

/** A config whose defaults are filled in. */
export interface Rehearsal extends Omit<RehearsalConfig, keyof TargetSections>, TargetSections {
  readonly baselines: readonly string[];
  readonly environments: readonly string[];
  readonly synth: Required<SynthConfig>;
  readonly checks: Required<ChecksConfig>;
  readonly traffic: Required<TrafficConfig>;
  readonly drills: Required<DrillsConfig>;
  readonly gates: Gates;
  readonly verification: Verification;
  readonly cutover: Required<CutoverConfig>;
}

/** How production is verified, with defaults. */
export interface Verification extends Required<VerificationConfig> {
  readonly gates: VerificationGates;
}

/** The rules for GO, with the defaults of those that judge whatever a config says. */
export interface Gates extends GatesConfig {
  readonly p95?: Required<P95Gate>;
  readonly costHours: number;
  readonly allowSkipped: readonly string[];
}

const checks = z
  .strictObject(
    Object.fromEntries(
      (CHECKS as readonly AnyCheckKind[]).map(({ key, schema }) => {
        const item = schema(z);
        return [
          key,
          z
            .array(item)
            .default([])
            .meta({ description: item.meta()?.['about'] as string, absent: 'none' }),
        ];
      }),
    ),
  )
  // a release that nothing looks at cannot be judged
  .refine(
    (it) =>
      Object.values(Object(it) as object).some((planned) => !Array.isArray(planned) || planned.length > 0),
    {
      error: `is empty; expected an entry in one of ${CHECKS.map(({ key }) => key).join(', ')}`,
    },
  )
  .meta({ name: 'ChecksConfig', about: 'What is checked.' });

const drills = z
  .strictObject(
    Object.fromEntries(
      (DRILLS as readonly AnyDrillKind[]).map((it) => [it.key, it.schema(z).default(it.default)]),
    ),
  )
  .meta({ name: 'DrillsConfig', about: 'What is broken on purpose.' });

/** The schema of twin.config.ts. */
export const CONFIG = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .meta({ description: 'Where an editor finds the schema of a config in JSON.', absent: 'none' }),
    baseline: nonBlank(z).describe('The release that production runs now.'),
    baselines: z.array(nonBlank(z)).default([]).meta({
      description:
        'Other releases that still run somewhere, such as in another Region: the candidate is rehearsed beside each of them too.',
      absent: 'none',
    }),
    version: versionSchema(z).optional().meta({
      description: 'Where services say which release they are.',
      absent: 'they are not asked: something else has to show what runs',
    }),
    releases: releasesSchema(z).optional().meta({
      description: 'Where the code of each release is.',
      absent: 'in the folder of the config, which has that of every release',
    }),
    environment: nonBlank(z)
      .optional()
      .meta({ description: 'The staging to stand up.', absent: 'the only staging that the app has' }),
    environments: z.array(nonBlank(z)).default([]).meta({
      description:
        'Other stagings, of other factors: the candidate is rehearsed in each of them too. `environment` names the first.',
      absent: 'none',
    }),
    stagingsAtOnce: z.int().min(1).optional().meta({
      description: 'How many stagings are rehearsed in at the same time.',
      absent: 'all of them on AWS, and what there is room for on this machine',
    }),
    synth: synthSchema(z).prefault({}).meta({
      description: 'How the app is synthesised.',
      absent: '`cdk synth --quiet -c release=<release> -c rehearsal=<name>`',
    }),
    checks: checks.describe('What is checked, on the baseline first and then on the candidate.'),
    traffic: trafficSchema(z).prefault({}).meta({
      description:
        'How the requests of the checks are sent in the background, while a release is brought and while things are broken.',
      absent: 'the defaults of its keys',
    }),
    capacity: capacitySchema(z).optional().meta({
      description: 'How the largest load is found that each release carries, once everything else is done.',
      absent: 'it is not looked for',
    }),
    darkLaunch: darkLaunchSchema(z).optional().meta({
      description: 'Which requests both releases are asked, so that their answers are compared.',
      absent: 'they are not compared',
    }),
    drills: drills.prefault({}).meta({
      description: 'What is broken on purpose once the checks have run.',
      absent: 'the defaults of its keys',
    }),
    gates: gatesSchema(z).meta({ description: 'The rules for GO.' }),
    verification: verificationSchema(z).prefault({}).meta({
      description: 'How production is verified after a release.',
      absent: 'the defaults of its keys',
    }),
    cutover: cutoverSchema(z).prefault({}).meta({
      description: 'How the traffic of clients is moved from one production to another.',
      absent: 'the defaults of its keys',
    }),
    ...sectionSchemas(z),
  })
  .meta({
    name: 'RehearsalConfig',
    about: 'What `twin.config.ts` holds: how a release is rehearsed, where, and the rules it is judged by.',
  });

let known: JsonSchema | undefined;

/** The schema as JSON Schema, with the metadata that documents it. */
export const jsonSchema = (): JsonSchema =>
  (known ??= z.toJSONSchema(CONFIG, { io: 'input', target: 'draft-7' }) as JsonSchema);
