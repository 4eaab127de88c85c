import { Aws, Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { ClosedGroup } from './closed-group';
import { SourceLogs } from './logs';

/**
 * Three zones with a public, a private and an isolated subnet each; a NAT gateway in each zone, so that losing one
 * zone leaves the others on line; and endpoints, so that images, logs and secrets do not leave the VPC.
 */
export class Network extends Construct {
  /** For everything with a network interface. */
  readonly vpc: ec2.Vpc;
  private readonly endpoints: ClosedGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    fixZones(Stack.of(this));
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: ZONES.length,
      natGateways: ZONES.length,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // It would add a custom-resource Lambda whose log group outlives the stack; nothing uses the default group.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(new SourceLogs(this, 'FlowLogs')),
    });
    this.endpoints = this.closedGroup('EndpointGroup', 'VPC endpoints of AWS services');
    this.addEndpoints();
  }

  /** A security group in this network that allows nothing, in or out, until it is told to. */
  closedGroup(id: string, description: string): ClosedGroup {
    return new ClosedGroup(this, id, { vpc: this.vpc, description });
  }

  /** Lets a service reach the AWS services that have an interface endpoint here. */
  allowToEndpoints(service: ec2.IConnectable): void {
    service.connections.allowTo(this.endpoints, ec2.Port.HTTPS, 'AWS services through their endpoints');
  }

  private addEndpoints(): void {
    this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    for (const [id, service] of Object.entries(INTERFACE_ENDPOINTS)) {
      this.vpc.addInterfaceEndpoint(id, {
        service,
        securityGroups: [this.endpoints],
        subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        open: false,
      });
    }
  }
}

const INTERFACE_ENDPOINTS = {
  EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  CloudWatchLogs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
} as const;

const ZONES = [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs(Aws.REGION)));

/**
 * Replaces the look-up of zones that a stack with an account and region does, and the two zones of one without: every
 * environment spans three zones, and synth needs no credentials. A Vpc asks its stack even when it is given zones.
 */
function fixZones(stack: Stack): void {
  Object.defineProperty(stack, 'availabilityZones', { value: ZONES, configurable: true });
}
