import type { ZodType } from 'zod';
import { nonBlank, type Zod } from '../../field';

const RECORDS = { name: 'TrafficRecords', about: 'Weighted records of one name in Amazon Route 53.' };
const GROUPS = {
  name: 'TrafficListener',
  about: 'Weighted target groups of a listener of an Application Load Balancer, or of one of its rules.',
};

/** The two productions between which traffic is shared. */
const productions = <P extends ZodType>(z: Zod, production: P) =>
  z
    .record(z.string(), production)
    .refine((it) => Object.keys(Object(it) as object).length === 2, {
      error: 'does not name two; expected two productions, such as Prod and ProdB',
    })
    .describe(
      'The two productions, by the names that `Twins` gives them: first the one that has the traffic at the beginning.',
    );

const ABOUT = 'Where one of the two productions is.';

const ofRecords = (z: Zod) =>
  z
    .strictObject({ setIdentifier: nonBlank(z).describe('That of its records.'), url: url(z) })
    .meta({ name: 'RecordOfProduction', about: ABOUT });

const ofGroups = (z: Zod) =>
  z
    .strictObject({ targetGroup: nonBlank(z).describe('The ARN of its target group.'), url: url(z) })
    .meta({ name: 'GroupOfProduction', about: ABOUT });

const url = (z: Zod) =>
  z
    .string()
    .regex(/^https?:\/\/[^\s/]+\/?$/)
    .meta({ expected: 'an address such as https://prod-b.shop.example.com' })
    .optional()
    .meta({
      description: 'Where checks reach this one alone, whatever the weights are.',
      absent: "that of its first service's own load balancer",
    });

/** The schema of `aws.traffic`. */
export const trafficSchema = (z: Zod) =>
  z
    .union([
      z
        .strictObject({
          hostedZone: nonBlank(z).describe('The id of the hosted zone.'),
          record: nonBlank(z).describe('The name that clients ask for, such as `shop.example.com`.'),
          productions: productions(z, ofRecords(z)),
        })
        .meta(RECORDS),
      z
        .strictObject({
          listener: z
            .string()
            .regex(/^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener(-rule)?\/app\//)
            .meta({ expected: 'the ARN of a listener of an Application Load Balancer, or of a rule of it' })
            .describe('The ARN of the listener, or of a rule of it.'),
          productions: productions(z, ofGroups(z)),
        })
        .meta(GROUPS),
    ])
    .meta({
      name: 'AwsTrafficConfig',
      about: 'What shares the requests of clients between two productions.',
      expected: '{ hostedZone, record, productions } or { listener, productions }',
    });
