import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The answer to a call. */
export interface Answer {
  readonly status: number;
  /** The body, in the service's protocol. Neither given: the call is never answered. */
  readonly xml?: string;
  readonly json?: object;
}

/** A service of AWS on this machine, to which every client of this process goes, until it is closed. */
export class FakeService {
  /** The calls that it got, such as `DescribeStacks`. */
  asked: string[] = [];
  private readonly before = { ...process.env };

  private constructor(private readonly server: Server) {}

  /** @param answer - to a call by its name, and what it was asked with where the service takes a query */
  static async start(answer: (call: string, query: URLSearchParams) => Answer): Promise<FakeService> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const call = callOf(body, request);
        service.asked.push(call);
        const { status, xml, json } = answer(call, new URLSearchParams(body));
        if (json !== undefined)
          response
            .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
            .end(JSON.stringify(json));
        if (xml !== undefined) response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
      });
    });
    const service = new FakeService(server);
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_REGION: 'eu-west-1',
    });
    return service;
  }

  close(): void {
    process.env = this.before;
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The name of a call: a field of the body, a header or the end of the path, as the service's protocol has it. */
function callOf(body: string, { headers, url = '' }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1)!;
  return new URLSearchParams(body).get('Action') ?? url.split('/').at(-1)!;
}

/** A refusal as services word it. */
export const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  xml: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
