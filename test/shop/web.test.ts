import { Match } from 'aws-cdk-lib/assertions';
import { production } from '../../bin/sizes';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';

describe('with TLS', () => {
  test('HTTP only leads to HTTPS', () => {
    template.hasResourceProperties(LISTENER, {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('HTTPS answers with the certificate that the deployment names', () => {
    template.hasParameter('CertificateArn', { Type: 'String', Default: Match.absent() });
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Certificates: [{ CertificateArn: { Ref: 'CertificateArn' } }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      DefaultActions: [{ Type: 'forward' }],
    });
  });
});

describe('without TLS', () => {
  const plain = synth({ tls: false });

  test('HTTP leads to the tasks, and no certificate is asked for', () => {
    plain.resourceCountIs(LISTENER, 1);
    plain.hasResourceProperties(LISTENER, { Port: 80, DefaultActions: [{ Type: 'forward' }] });
    expect(plain.findParameters('CertificateArn')).toEqual({});
  });

  test('the URL says so', () => {
    expect(JSON.stringify(plain.findOutputs('Url'))).toContain('http://');
    expect(JSON.stringify(template.findOutputs('Url'))).toContain('https://');
  });
});

test('the load balancer cannot be deleted by accident and drops malformed headers', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internet-facing',
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'deletion_protection.enabled', Value: 'true' },
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
    ]),
  });
});

test('a task takes requests once it says that it is healthy', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    HealthCheckPath: '/health',
    Port: 8080,
    TargetType: 'ip',
    Matcher: { HttpCode: '200' },
  });
});

test('autoscaling moves within the range of the scale', () => {
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 4,
    MaxCapacity: 20,
  });
});

test('a release does not set the number of tasks, so it cannot scale in a busy shop', () => {
  const web = idOf(template, 'AWS::ECS::Service', 'ShopWeb');
  expect(propertiesOf(template, 'AWS::ECS::Service')[web]).not.toHaveProperty('DesiredCount');
});

test('autoscaling follows CPU, and requests in proportion to the size of a task', () => {
  const targets = (built: typeof template): unknown[] =>
    Object.values(propertiesOf(built, 'AWS::ApplicationAutoScaling::ScalingPolicy'))
      .filter((p) => JSON.stringify(p['ScalingTargetId']).includes('ShopWeb'))
      .map((p) => p['TargetTrackingScalingPolicyConfiguration'] as Record<string, unknown>)
      .map((p) => [
        (p['PredefinedMetricSpecification'] as Record<string, unknown>)['PredefinedMetricType'],
        p['TargetValue'],
      ]);
  expect(targets(template)).toEqual([
    ['ECSServiceAverageCPUUtilization', 60],
    ['ALBRequestCountPerTarget', 2400],
  ]);
  expect(targets(synth({ values: { ...production, webSize: { cpu: 512, memoryMiB: 1024 } } }))).toEqual([
    ['ECSServiceAverageCPUUtilization', 60],
    ['ALBRequestCountPerTarget', 600],
  ]);
});
