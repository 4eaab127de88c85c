import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../lib/json';
import { parityOfTemplates } from '../../lib/parity/parity';
import { readTemplate } from '../../lib/template/read';
import { inAnotherSpelling } from '../../scripts/another-spelling';
import { asYaml } from '../../scripts/written';

const TEMPLATE: JsonObject = {
  Parameters: { Env: { Type: 'String' }, Zones: { Type: 'CommaDelimitedList' } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] },
    IsBoth: {
      'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Env' }, 'x'] }] }],
    },
  },
  Resources: {
    Queue: {
      Type: 'AWS::SQS::Queue',
      DependsOn: 'Group',
      DeletionPolicy: 'Delete',
      Properties: {
        QueueName: {
          'Fn::Sub': ['q-${ Env }-${Name}-${!Env}', { Name: { 'Fn::GetAtt': ['Group', 'GroupId'] } }],
        },
        DelaySeconds: 5,
        VisibilityTimeout: { 'Fn::If': ['IsBoth', '60', { Ref: 'AWS::NoValue' }] },
        FifoQueue: 'true',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '012345678901' },
        ],
      },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'yes',
        SecurityGroupIngress: [
          { IpProtocol: 'tcp', FromPort: 80, ToPort: '80', CidrIp: '10.0.0.0/8' },
          { IpProtocol: 'tcp', FromPort: 443, ToPort: '443', CidrIp: '10.0.0.0/8' },
        ],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['ec2.amazonaws.com'] } },
          ],
        },
      },
    },
    Server: {
      Type: 'AWS::EC2::Instance',
      Properties: {
        AvailabilityZone: { 'Fn::Select': [0, { Ref: 'Zones' }] },
        UserData: {
          'Fn::Base64': { 'Fn::Join': ['\n', ['#!/bin/sh ', { 'Fn::Sub': 'echo ${Queue.Arn}' }, '']] },
        },
      },
    },
  },
  Outputs: { Url: { Condition: 'IsProd', Value: { 'Fn::Join': ['', ['https://', { Ref: 'Queue' }]] } } },
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-spelling-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('a template in another spelling is itself, in memory and in YAML', async () => {
  const other = inAnotherSpelling(TEMPLATE);
  const file = join(folder, 'template.yaml');
  expect(other).not.toEqual(TEMPLATE);
  expect(parityOfTemplates(TEMPLATE, other).forbidden).toEqual([]);
  for (const template of [TEMPLATE, other]) {
    writeFileSync(file, asYaml(template));
    expect(parityOfTemplates(TEMPLATE, await readTemplate(file)).forbidden).toEqual([]);
  }
});

it('every value is spelt otherwise wherever that can be', () => {
  const {
    Queue: queue,
    Role: role,
    Server: server,
  } = inAnotherSpelling(TEMPLATE)['Resources'] as Record<string, JsonObject>;
  expect(queue).toEqual({
    Type: 'AWS::SQS::Queue',
    DependsOn: ['Group'],
    Properties: {
      QueueName: {
        'Fn::Join': ['', ['q-', { Ref: 'Env' }, '-', { 'Fn::GetAtt': ['Group', 'GroupId'] }, '-', '${Env}']],
      },
      DelaySeconds: '5',
      VisibilityTimeout: { 'Fn::If': ['IsBoth', 60, { Ref: 'AWS::NoValue' }] },
      FifoQueue: true,
      Tags: [
        { Key: 'b', Value: '012345678901' },
        { Key: 'a', Value: 1 },
      ],
    },
  });
  expect(role).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Action: ['sts:AssumeRole'], Principal: { Service: 'ec2.amazonaws.com' } },
      },
    },
  });
  expect(server!['Properties']).toMatchObject({
    AvailabilityZone: { 'Fn::Select': ['0', { Ref: 'Zones' }] },
  });
});
