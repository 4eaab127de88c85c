import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** The assets: pictures and documents that the worker writes and the web tier serves. */
export class Assets extends Construct {
  /** Private, versioned, encrypted; TLS only. */
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(90),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'A bucket of access logs keeps filling while it is deleted, so the environment could not be torn down.',
    });
  }

  /** Lets a role read the assets. */
  grantRead(role: iam.IRole): void {
    this.grant(role, ['s3:GetObject']);
  }

  /** Lets a role read, write and delete the assets. */
  grantWrite(role: iam.IRole): void {
    this.grant(role, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
  }

  /** Narrower than the bucket's own grants, which add listing and wildcard actions. */
  private grant(role: iam.IRole, actions: string[]): void {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions, resources: [this.bucket.arnForObjects('*')] }),
    );
    const bucket = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as s3.CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/*]`,
      reason: 'The objects of this one bucket are named at run time.',
    });
  }
}
