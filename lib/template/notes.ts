/** Takes what a reader of a template must know, though the template can be read. */
export type Note = (text: string) => void;

/** A note of a place in a file. */
export const noteAt = (file: string, { line, col }: { line: number; col: number }, message: string): string =>
  `${file}:${line}:${col}: ${message}`;

/**
 * A key that is there twice is no fault to CloudFormation, which takes the last one, in JSON and in YAML
 * (aws-cloudformation/cfn-lint#35, aws-cloudformation/cfn-language-discussion#96).
 */
export const keyTwice = (key: string): string =>
  `the key "${key}" is there twice: CloudFormation takes the last one`;
