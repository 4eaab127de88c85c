import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The answer to a call. */
export interface Answer {
  readonly status: number;
  /** The body, in the service's protocol. Not given: the call is never answered. */
  readonly xml?: string;
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
        const query = new URLSearchParams(body);
        const target = String(request.headers['x-amz-target'] ?? '');
        const call = query.get('Action') ?? target.split('.').at(-1)!;
        service.asked.push(call);
        const { status, xml } = answer(call, query);
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

/** A refusal as services word it. */
export const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  xml: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
