import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What the log group of one source is made with. */
export interface SourceLogsProps {
  /** The name that the service itself would choose. @default - one made by CloudFormation */
  readonly logGroupName?: string;
}

/** The log group of one source, kept for three months. */
export class SourceLogs extends logs.LogGroup {
  constructor(scope: Construct, id: string, props: SourceLogsProps = {}) {
    super(scope, id, {
      ...props,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
