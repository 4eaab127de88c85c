import type { JsonObject } from '../../json';

/** What CloudFormation calls a resource of the same template. */
export const ref = (id: string): JsonObject => ({ Ref: id });

/** An attribute of a resource of the same template. */
export const att = (id: string, name: string): JsonObject => ({ 'Fn::GetAtt': [id, name] });

/** A text with names in it that CloudFormation replaces. */
export const sub = (text: string): JsonObject => ({ 'Fn::Sub': text });

/** A resource that goes with its stack. */
export const resource = (Type: string, Properties: JsonObject): JsonObject => ({
  Type,
  Properties,
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
});
