import type { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { Handle, Watch } from '../../lib/targets/target';

/** A rehearsal whose ledger has what its calls learn: each call gets a copy. */
export class Run {
  private readonly known: Record<string, string> & Handle;
  readonly lines: string[] = [];

  constructor(
    readonly target: AwsTarget,
    readonly rehearsal: string,
  ) {
    this.known = { ...target.allocate(rehearsal) };
  }

  get handle(): Handle {
    return { ...this.known };
  }

  watch(signal = new AbortController().signal): Watch {
    return {
      signal,
      log: (line) => void this.lines.push(line),
      span: (_, work) => work(),
      learn: (details) => void Object.assign(this.known, details),
    };
  }
}
