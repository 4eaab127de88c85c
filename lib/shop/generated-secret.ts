import { Validations } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** What a generated secret is made with. */
export interface GeneratedSecretProps {
  /** What it opens. */
  readonly description: string;
  /** Makes it a JSON of this `username` and a `password`. @default - a bare string */
  readonly username?: string;
}

/** A secret that Secrets Manager generates within the stack, so that no environment shares one with another. */
export class GeneratedSecret extends secretsmanager.Secret {
  constructor(scope: Construct, id: string, { description, username }: GeneratedSecretProps) {
    super(scope, id, {
      description,
      generateSecretString: {
        passwordLength: 48,
        excludePunctuation: true,
        ...(username !== undefined && {
          secretStringTemplate: JSON.stringify({ username }),
          generateStringKey: 'password',
        }),
      },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Rotation needs a Lambda in the VPC, whose network interfaces outlive the stack by up to 45 minutes and block the deletion of its subnets.',
    });
  }
}
