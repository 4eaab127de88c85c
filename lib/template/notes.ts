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

/** More than a person reads of one file. */
const MAX_NOTES = 20;

/** Takes the first notes of a file, and says at the end how many more there are. */
export function fewOf(file: string, note: Note): { readonly note: Note; readonly end: () => void } {
  let count = 0;
  return {
    note: (text) => {
      if (++count <= MAX_NOTES) note(text);
    },
    end: () => {
      if (count > MAX_NOTES) note(`${file} has ${count - MAX_NOTES} more places of these kinds`);
    },
  };
}
