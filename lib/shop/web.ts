import { CfnParameter, Duration, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { COOLDOWNS, Service, type ServiceContext } from './service';
import type { ShopScale } from './scale';

/** What the web tier is made with. */
export interface WebProps extends ServiceContext {
  /** How much of it there is. */
  readonly scale: ShopScale;
  /** HTTPS with the certificate that the stack's parameter `CertificateArn` names, instead of plain HTTP. */
  readonly tls: boolean;
}

/** The web tier: tasks behind a public load balancer, scaled on CPU and on requests. */
export class Web extends Service {
  /** Public. */
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  /** The tasks that take requests. */
  readonly targets: elb.ApplicationTargetGroup;
  /** Where shoppers find it. */
  readonly url: string;

  constructor(scope: Construct, id: string, { scale, tls, ...context }: WebProps) {
    super(scope, id, {
      ...context,
      repository: 'shop/web',
      size: scale.webSize,
      tasks: scale.webTasks,
      port: PORT,
    });
    context.assets.grantRead(this.taskDefinition.taskRole);
    this.loadBalancer = this.makeLoadBalancer(context);
    this.targets = this.makeTargets(context);
    this.listen(tls);
    this.url = `${tls ? 'https' : 'http'}://${this.loadBalancer.loadBalancerDnsName}`;
    this.scaleOnRequests(scale);
  }

  private makeLoadBalancer({ network }: ServiceContext): elb.ApplicationLoadBalancer {
    const securityGroup = network.closedGroup('LoadBalancerGroup', 'Public load balancer');
    const loadBalancer = new elb.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      internetFacing: true,
      securityGroup,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    Validations.of(securityGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason: 'The shop is open to the public, on the ports of its listeners only.',
    });
    Validations.of(loadBalancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason:
        'A bucket of access logs keeps filling while it is deleted, so the environment could not be torn down.',
    });
    return loadBalancer;
  }

  private makeTargets({ network }: ServiceContext): elb.ApplicationTargetGroup {
    return new elb.ApplicationTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      protocol: elb.ApplicationProtocol.HTTP,
      port: PORT,
      targets: [this.service],
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        path: '/health',
        healthyHttpCodes: '200',
        interval: Duration.seconds(15),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }

  private listen(tls: boolean): void {
    const toTargets = elb.ListenerAction.forward([this.targets]);
    this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: elb.ApplicationProtocol.HTTP,
      open: true,
      defaultAction: tls
        ? elb.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true })
        : toTargets,
    });
    if (!tls) return;
    const certificate = new CfnParameter(this, 'CertificateArn', {
      description: 'ARN of the ACM certificate that the load balancer answers with',
      allowedPattern: 'arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+',
    });
    certificate.overrideLogicalId('CertificateArn');
    this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elb.ApplicationProtocol.HTTPS,
      open: true,
      certificates: [elb.ListenerCertificate.fromArn(certificate.valueAsString)],
      sslPolicy: elb.SslPolicy.TLS13_12_RES_PQ,
      defaultAction: toTargets,
    });
  }

  private scaleOnRequests({ webSize }: ShopScale): void {
    this.scaling.scaleOnRequestCount('Requests', {
      ...COOLDOWNS,
      policyName: 'Requests',
      targetGroup: this.targets,
      requestsPerTarget: (webSize.cpu / 1024) * REQUESTS_PER_VCPU,
    });
  }
}

const PORT = 8080;

/** Requests a minute that one vCPU serves within the latency that the alarm watches. */
const REQUESTS_PER_VCPU = 1200;
