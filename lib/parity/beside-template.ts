import { ASSETS, DEPLOYMENT } from '../template/deployment';
import type { Path } from '../template/differences';

/** What is wrong with a difference that stands beside the templates, and what to do about it; undefined of one within them. */
export function besideTemplateFault([section, id, ...below]: Path):
  { readonly why: string; readonly fix: string } | undefined {
  if (section === DEPLOYMENT) return DEPLOYED[String(id)] ?? ANY;
  if (section !== ASSETS) return undefined;
  if (below[0] === 'contents' && below.length > 1) return undefined; // a text like any other
  if (below[0] === 'contents')
    return {
      why: 'the asset is made of other contents, whatever hash it is published under',
      fix: 'Make the asset of the same files in both environments, and let the AWS CDK compute its hash.',
    };
  if (below.length === 0) return { why: 'only one of the two publishes this asset', fix: SAME_ASSET };
  return { why: 'the asset is built or published in another way', fix: SAME_ASSET };
}

const SAME_ASSET = 'Make the asset with the same options in both environments, build arguments among them.';

const BOOTSTRAP = {
  why: 'the stack is deployed by other roles, or with another bootstrap, which may be of another version',
  fix: 'Give both environments the same synthesizer, with the same qualifier and roles.',
};

const DEPLOYED: Readonly<Record<string, { readonly why: string; readonly fix: string }>> = {
  assumeRoleArn: BOOTSTRAP,
  cloudFormationExecutionRoleArn: BOOTSTRAP,
  lookupRole: BOOTSTRAP,
  templateBucket: BOOTSTRAP,
  bootstrapStackVersionSsmParameter: BOOTSTRAP,
  requiresBootstrapStackVersion: BOOTSTRAP,
  notificationArns: {
    why: 'other topics get the events of the stack',
    fix: 'Give both environments the same notification topics, or none.',
  },
  dependencies: {
    why: 'the stack waits for other stacks',
    fix: 'Let the stacks of both environments depend on the same stacks.',
  },
};

const ANY = {
  why: 'the stack is deployed in another way',
  fix: 'Make the stacks of both environments with the same properties.',
};
