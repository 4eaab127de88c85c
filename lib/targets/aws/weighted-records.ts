import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { TwinError } from '../../error';
import type { TrafficRecords } from '../../config/types';
import { OF_BALANCER } from './client-figures';
import type { AwsPlace } from './place';
import { allPages } from './pages';
import { until } from './until';
import type { Lasting, Metered, Shared, Weights } from './weights';

/** An alias to a load balancer has no TTL of its own: Route 53 answers with this one. */
const ALIAS_SECONDS = 60;
/** With a longer TTL what is moved cannot be moved back in time. */
const MOST_SECONDS = 900;

/** Route 53 is in sync within a minute, as a rule. */
const MOST_SYNC_MS = 600_000;

/** Weighted records of one name in Amazon Route 53: of each type, two with the set identifiers of the productions. */
export class WeightedRecords implements Shared {
  readonly name: string;
  private readonly identifiers: readonly string[];

  constructor(
    private readonly section: TrafficRecords,
    private readonly place: AwsPlace,
    private readonly pollMs: number,
  ) {
    this.name = `the records ${section.record} of ${section.hostedZone}`;
    this.identifiers = Object.values(section.productions).map((it) => it.setIdentifier);
  }

  async read(signal: AbortSignal): Promise<Weights> {
    const records = await this.records(signal);
    const types = [...new Set(records.map(({ Type }) => Type!))];
    if (types.length === 0) throw this.misfit('there is none of that name');
    return Object.fromEntries(types.map((type) => [type, this.pairOf(type, records)]));
  }

  /** In one batch: Route 53 makes all of its changes or none. */
  async set(weights: Weights, signal: AbortSignal): Promise<void> {
    const records = await this.records(signal);
    const Changes = Object.entries(weights).flatMap(([type, pair]) =>
      pair.map((Weight, i) => {
        const record = this.of(i, type, records);
        if (!record) throw this.misfit(`the ${type} record ${this.identifiers[i]} is gone`);
        return { Action: 'UPSERT' as const, ResourceRecordSet: { ...record, Weight } };
      }),
    );
    const route53 = this.place.in().for('route53', signal);
    const { hostedZone: HostedZoneId } = this.section;
    const { ChangeInfo: change } = await route53.changeResourceRecordSets({
      HostedZoneId,
      ChangeBatch: { Comment: 'twin cutover', Changes },
    });
    let looks = 0;
    await until(
      () => route53.getChange({ Id: change!.Id }),
      ({ ChangeInfo }) => {
        if (ChangeInfo?.Status === 'INSYNC') return true;
        if (++looks * this.pollMs > MOST_SYNC_MS) throw notInSync(this.name);
        return false;
      },
      { signal, pollMs: this.pollMs },
    );
  }

  async lasts(signal: AbortSignal): Promise<Lasting> {
    const records = await this.records(signal);
    const seconds = Math.max(...records.map(({ TTL }) => TTL ?? ALIAS_SECONDS));
    const { record } = this.section;
    if (seconds <= MOST_SECONDS) return { seconds, because: `the TTL of ${record}`, isWaitedFor: true };
    throw this.misfit(
      `their TTL is ${seconds} s, and ${MOST_SECONDS} s are allowed: for so long clients would not come back`,
      `Set it to ${ALIAS_SECONDS} s, and wait ${seconds} s before the next attempt.`,
    );
  }

  /** Of records that are aliases of an Application Load Balancer. */
  async metered(signal: AbortSignal): Promise<readonly [Metered | undefined, Metered | undefined]> {
    const records = await this.records(signal);
    const of = (i: number): Promise<Metered | undefined> =>
      this.balancerAt(
        records.find((it) => it.SetIdentifier === this.identifiers[i]),
        signal,
      );
    return [await of(0), await of(1)];
  }

  private async balancerAt(
    record: ResourceRecordSet | undefined,
    signal: AbortSignal,
  ): Promise<Metered | undefined> {
    const name = record?.AliasTarget?.DNSName?.toLowerCase().replace(/^dualstack\.|\.$/g, '');
    const [, region] = /\.([a-z0-9-]+)\.elb\.amazonaws\.com(?:\.cn)?$/.exec(name ?? '') ?? [];
    if (region === undefined) return undefined;
    const elb = this.place.in(region).for('elbv2', signal);
    const balancers = await allPages(async (Marker) => {
      const page = await elb.describeLoadBalancers({ Marker });
      return { items: page.LoadBalancers, next: page.NextMarker };
    });
    const arn = balancers.find(
      ({ DNSName, Type }) => DNSName?.toLowerCase() === name && Type === 'application',
    )?.LoadBalancerArn;
    const [, Value] = /:loadbalancer\/(.+)$/.exec(arn ?? '') ?? [];
    if (Value === undefined) return undefined;
    return {
      region,
      dimensions: [{ Name: 'LoadBalancer', Value }],
      failures: OF_BALANCER,
    };
  }

  private pairOf(type: string, records: readonly ResourceRecordSet[]): readonly [number, number] {
    const own = this.identifiers.map((id, i) => {
      const weight = this.of(i, type, records)?.Weight;
      if (weight === undefined) throw this.misfit(`there is no weighted ${type} record ${id}`);
      return weight;
    });
    const other = records.find(
      (it) => it.Type === type && (it.Weight ?? 1) > 0 && !this.identifiers.includes(it.SetIdentifier ?? ''),
    );
    if (other)
      throw this.misfit(
        `the ${type} record ${other.SetIdentifier ?? 'without an identifier'} has a share too`,
      );
    return [own[0]!, own[1]!];
  }

  private of(
    index: number,
    type: string,
    records: readonly ResourceRecordSet[],
  ): ResourceRecordSet | undefined {
    return records.find((it) => it.Type === type && it.SetIdentifier === this.identifiers[index]);
  }

  /** Those of the name, of every type. */
  private async records(signal: AbortSignal): Promise<readonly ResourceRecordSet[]> {
    const { hostedZone: HostedZoneId, record } = this.section;
    const own = fullName(record);
    const route53 = this.place.in().for('route53', signal);
    // sorted: those of one name are on a page or two
    const { ResourceRecordSets: found = [] } = await route53.listResourceRecordSets({
      HostedZoneId,
      StartRecordName: own,
      MaxItems: 300,
    });
    return found.filter(({ Name = '' }) => fullName(Name) === own);
  }

  private misfit(why: string, fix = this.advice): TwinError {
    return new TwinError({
      code: 'traffic-shape',
      message: `the weights of ${this.name} cannot be moved: ${why}`,
      fix,
    });
  }

  private get advice(): string {
    return `Make two weighted records of each type, ${this.identifiers.join(' and ')}, and no other one with a weight.`;
  }
}

const notInSync = (name: string): TwinError =>
  new TwinError({
    code: 'aws',
    message: `Route 53 has not brought the weights of ${name} to all of its servers within ${MOST_SYNC_MS / 60_000} min`,
    fix: 'See whether the status of Route 53 says why, then run the command again.',
    isMachineFault: true,
  });

/** As Route 53 writes it: with a dot at the end, and a star as its code. */
const fullName = (name: string): string =>
  `${name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\\052/, '*')}.`;
