import type { Socket } from 'node:net';
import type { ListenerContext, OpenListener, WayIn } from './listener';
import type { Upstream } from './upstream';

/** A listener of a Network Load Balancer: sends each connection to a target. */
export class TcpListener implements OpenListener {
  constructor(private readonly context: ListenerContext) {}

  accept(client: Socket, { isDirect = false }: WayIn): void {
    const { weights } = this.context;
    const beside = isDirect ? undefined : weights?.of.next(weights.listener);
    if (beside) return this.join(client, beside);
    const { action } = this.context.listener().rules.at(-1)!;
    const group =
      action.kind === 'forward' ? action.groups.find(({ weight }) => weight > 0)?.group : undefined;
    const targets = group && this.context.targetsOf(group);
    const to = targets?.next(targets.props.stickiness ? sticky(client, targets.names) : undefined);
    if (!targets || !to) return void client.resetAndDestroy();
    targets.count(to, client);
    this.join(client, to);
  }

  private join(client: Socket, to: Upstream): void {
    const upstream = to.connect();
    client.setTimeout(this.context.loadBalancer().idleTimeoutSeconds * 1000, () => client.destroy());
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.once('close', () => upstream.destroy());
  }
}

/** The target of a client's address: always the same. */
function sticky({ remoteAddress = '' }: Socket, names: readonly string[]): string | undefined {
  const sum = Buffer.from(remoteAddress).reduce((it, byte) => it + byte, 0);
  return names.toSorted()[sum % names.length];
}
