import type { Socket } from 'node:net';
import { GroupChoice } from './group-choice';
import type { ListenerContext, OpenListener, WayIn } from './listener';
import { networkTargets, sticky } from './network-targets';
import { StickyCookies } from './stickiness';
import type { Upstream } from './upstream';

/** A listener of a Network Load Balancer: sends each connection to a target. */
export class TcpListener implements OpenListener {
  private readonly groups = new GroupChoice(new StickyCookies());

  constructor(private readonly context: ListenerContext) {}

  accept(client: Socket, { isDirect = false }: WayIn): void {
    const { weights } = this.context;
    const beside = isDirect ? undefined : weights?.of.next(weights.listener);
    if (beside) return this.join(client, beside);
    const targets = networkTargets(this.context, this.groups);
    const { remoteAddress = '' } = client;
    const to = targets?.next(targets.props.stickiness ? sticky(remoteAddress, targets.names) : undefined);
    if (!targets || !to) return void client.resetAndDestroy();
    targets.count(to, client);
    this.join(client, to);
  }

  private join(client: Socket, to: Upstream): void {
    const upstream = to.connect();
    client.setTimeout(this.idleMs, () => client.destroy());
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.once('close', () => upstream.destroy());
  }

  private get idleMs(): number {
    const { idleTimeoutSeconds = this.context.loadBalancer().idleTimeoutSeconds } = this.context.listener();
    return idleTimeoutSeconds * 1000;
  }
}
