import type { TwinError } from '../../error';
import { causesOf, inWords } from './failed-call';

/** What the toolkit reports of a call of its SDK that failed. */
interface FailedCall {
  /** Such as `CloudFormationClient`. */
  readonly clientName: string;
  /** Such as `CreateChangeSetCommand`. */
  readonly commandName: string;
  readonly input: object;
  readonly error: Error;
}

/** The calls of the CDK's toolkit that failed: its errors do not say which call was at fault. */
export class ToolkitCalls {
  private readonly failed: FailedCall[] = [];

  /** Takes what the toolkit reports of its SDK. */
  note(data: unknown): void {
    const { content = [] } = data as { readonly content?: readonly Partial<FailedCall>[] };
    for (const { clientName, commandName, input = {}, error } of content)
      if (clientName !== undefined && commandName !== undefined && error)
        this.failed.push({ clientName, commandName, input, error });
  }

  /**
   * The call that led to an error, in the words of our own calls; undefined where none did. Some errors of the toolkit do not have it as
   * their cause, but say what it said.
   */
  failureIn(error: unknown): TwinError | undefined {
    const causes = causesOf(error);
    const isOf = (it: Error, { error: { message } }: FailedCall): boolean =>
      message !== '' && it.message.includes(message);
    const known =
      this.failed.find((call) => causes.includes(call.error)) ??
      this.failed.findLast((call) => causes.some((it) => isOf(it, call)));
    if (!known) return undefined;
    const service = known.clientName.replace(/Client$/, '').toLowerCase();
    const operation = known.commandName.replace(/Command$/, '');
    return inWords({ service, operation, input: known.input, caller: CALLER }, known.error);
  }
}

/** The toolkit takes a role on where the assembly names one. */
const CALLER = "the role of these credentials, or that of the bootstrap's roles which deploys with it";
