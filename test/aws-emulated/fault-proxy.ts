import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of the AWS SDK as it came by. */
export interface Call {
  /** As in the scope of its signature, such as `rds`; Amazon DocumentDB's is that of Amazon RDS, and its client says so. */
  readonly service: string;
  /** Whether the CDK's toolkit made it: its clients are others. */
  readonly isOfToolkit: boolean;
  /** Such as `DescribeDBClusters`; of a service that is asked by paths its method and the kind of path. */
  readonly operation: string;
  /** The access key that it was signed with first: of an assumed role, that of who assumed it. */
  readonly caller: string;
  /** The how manieth of that caller's calls it is, from 1. */
  readonly nth: number;
}

/** What happens to a call. Before the service: */
export type Fault =
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  /** The connection is closed. */
  | { readonly kind: 'dropped' }
  /** There is no answer. */
  | { readonly kind: 'hanging' }
  /** After the service did what was asked: half of the answer with its good status, or none. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'dropped after' }
  | { readonly kind: 'hanging after' };

/** An answer of a service that says why it does not do what was asked. */
export const refused = (status: number, code: string): Fault => ({ kind: 'refused', status, code });

/** Too many calls: S3 has another name for it. */
export const throttled = ({ service }: Pick<Call, 'service'>): Fault =>
  service === 's3' ? refused(503, 'SlowDown') : refused(400, 'Throttling');

/** A fault of the service. */
export const FAILING = refused(500, 'InternalFailure');

/** Such as `rds:DescribeDBClusters`. */
export const nameOf = ({ service, operation, isOfToolkit }: Call): string =>
  `${service}:${operation}${isOfToolkit ? " of the CDK's toolkit" : ''}`;

/** A bad network between the AWS SDK and an emulator: whatever the test says happens to each call. */
export class FaultProxy {
  /** What happens to the calls of a caller; nothing, unless a test says so. */
  readonly faults = new Map<string, (call: Call) => Fault | undefined>();
  private readonly calls: Call[] = [];
  private readonly done: Call[] = [];
  /** The callers that keys were given to. */
  private readonly callers = new Map<string, string>();

  private constructor(
    private readonly server: Server,
    private readonly upstream: URL,
  ) {}

  static async start(upstream: string): Promise<FaultProxy> {
    const server = createServer((asked, answer) => void proxy.handle(asked, answer));
    const proxy = new FaultProxy(server, new URL(upstream));
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    return proxy;
  }

  get endpoint(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Every call of a caller. */
  callsOf(caller: string): Call[] {
    return this.calls.filter((it) => it.caller === caller);
  }

  /** Those that the service did what was asked for. */
  doneFor(caller: string): Call[] {
    return this.done.filter((it) => it.caller === caller);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await read(asked);
    const [, key = ''] = /Credential=([^/]+)\//.exec(asked.headers.authorization ?? '') ?? [];
    const caller = this.callers.get(key) ?? key;
    const call = { ...callOf(asked, body), caller, nth: this.callsOf(caller).length + 1 };
    this.calls.push(call);
    const fault = this.faults.get(caller)?.(call);
    if (fault?.kind === 'hanging') return;
    if (fault?.kind === 'dropped') return void asked.socket.destroy();
    if (fault?.kind === 'refused') return refuse(asked, answer, fault);
    const { status, headers, body: told } = await this.forward(asked, body);
    if (status < 300) this.done.push(call);
    const [, given] = (call.service === 'sts' && /<AccessKeyId>([^<]+)</.exec(told.toString())) || [];
    if (given !== undefined) this.callers.set(given, caller);
    if (fault?.kind === 'hanging after') return;
    if (fault?.kind === 'dropped after') return void asked.socket.destroy();
    const isCut = fault?.kind === 'cut' && told.length > 0;
    const text = isCut ? told.subarray(0, Math.floor(told.length / 2)) : told;
    delete headers['transfer-encoding'];
    const length = asked.method === 'HEAD' ? {} : { 'content-length': String(text.length) };
    answer.writeHead(status, { ...headers, ...length });
    answer.end(text);
  }

  private forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    const { hostname, port } = this.upstream;
    return new Promise((done, fail) => {
      const sent = request({ hostname, port, method, path: url, headers }, (got) => {
        read(got).then(
          (text) => done({ status: got.statusCode!, headers: { ...got.headers }, body: text }),
          fail,
        );
      });
      sent.on('error', fail).end(body);
    });
  }
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A call by what its service's protocol has it in: a header, a field of the body, or method and path. */
function callOf({ method, url = '/', headers }: IncomingMessage, body: Buffer): Omit<Call, 'nth' | 'caller'> {
  const { authorization = '', 'user-agent': agent = '' } = headers;
  const [, scope = 'unsigned'] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  const service = agent.includes('api/docdb#') ? 'docdb' : scope;
  return {
    service,
    operation: operationOf(method, url, headers, body),
    isOfToolkit: /\baws-cdk/.test(agent),
  };
}

function operationOf(
  method: string | undefined,
  url: string,
  { 'x-amz-target': target }: IncomingMessage['headers'],
  body: Buffer,
): string {
  if (typeof target === 'string') return target.split('.').at(-1)!;
  const [, rpc] = /\/operation\/(\w+)$/.exec(url) ?? [];
  const action = rpc ?? new URLSearchParams(body.toString('latin1')).get('Action');
  if (action !== null) return action;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const depth = pathname.split('/').filter(Boolean).length;
  const of = [...searchParams.keys()].find((it) => searchParams.get(it) === '');
  return `${method} ${of ?? ['', 'bucket'][depth] ?? 'object'}`;
}

/** A refusal in the protocol of the service. */
function refuse(
  asked: IncomingMessage,
  answer: ServerResponse,
  { status, code }: Extract<Fault, { kind: 'refused' }>,
): void {
  const { 'x-amz-target': target, 'content-type': type = '' } = asked.headers;
  const message = `${code} by the test`;
  const isJson = target !== undefined || type.includes('json');
  const isQuery = type.includes('x-www-form-urlencoded');
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  answer.writeHead(status, {
    'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml',
    'x-amzn-errortype': code,
  });
  if (asked.method === 'HEAD') return void answer.end();
  answer.end(
    isJson
      ? JSON.stringify({ __type: code, message })
      : isQuery
        ? `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`
        : error,
  );
}
