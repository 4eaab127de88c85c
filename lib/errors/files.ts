import { pages } from './pages';

/** What is wrong with an argument, or with a file that one names. */
export const OF_FILES = pages({
  usage: [
    'A command has an argument or a flag that it does not take, lacks one that it needs, or has one with a value that is not allowed.',
    'Run `twin help <command>`: it has the flags, their values and examples.',
  ],
  'unknown-rule': [
    'A rule or a code of an error is named that does not exist.',
    'Run `twin explain` for all rules; all codes are in [Error codes](error-codes.md).',
  ],
  'missing-file': ['A file that is named does not exist.', 'Give the path of a file that exists.'],
  'missing-place': [
    'A folder, a zip file or a bucket that is named does not exist, or is something else.',
    'Give a folder with evidence, a zip file of one, or `s3://bucket/prefix`.',
  ],
  'not-a-file': [
    'A folder is named where a file is read.',
    'Give the path of a file in it; a whole assembly is given with `--assembly`.',
  ],
  'empty-file': ['A file has no content.', 'Write it again: the command that made it has failed.'],
  'large-file': [
    'A file is larger than any template may be.',
    'Give the template as it is deployed: CloudFormation accepts at most 1 MB.',
  ],
  'unreadable-file': ['A file exists and cannot be read.', 'Give yourself the permission to read it.'],
  unreadable: [
    'The report for a comment cannot be read, or is empty.',
    'Give a file that a report command wrote with `--markdown`, or pipe its output in.',
  ],
  'not-text': ['A file is binary, or in another encoding.', 'Give JSON or YAML, saved as UTF-8.'],
  'malformed-file': [
    'A file ends too early, or breaks the syntax of JSON or YAML. The message has the line and the column.',
    'Correct the file there, or write it again.',
  ],
  template: [
    'A file is no CloudFormation template: it is something else that people give in its place, such as a manifest or a list of parameters.',
    'Give the template: in an assembly it is `<stack>.template.json`.',
  ],
  parameters: [
    'A file of parameters has no values, or one for a parameter that the template does not have.',
    'Give the parameters of the template, in the form that the AWS CLI takes or as an object.',
  ],
  'file-exists': [
    'A file that would be written is there already. It is not replaced.',
    'Give the name of a new file.',
  ],
  unwritable: [
    'A result or a record cannot be written: the disk is full, or the folder may not be written to.',
    'Free some space, or write elsewhere.',
  ],
  watch: [
    'The system refuses to watch a folder, most often because too many are watched.',
    'Leave large folders out by `watch.exclude` in `cdk.json`, or raise `fs.inotify.max_user_watches`.',
  ],
  stopped: [
    'Ctrl-C or another signal stopped the command. What it stood up was torn down, unless the message names what finishes that.',
    'Run the command again.',
  ],
  github: [
    'GitHub refuses a request, or does not answer.',
    'Give the job `pull-requests: write` and `GITHUB_TOKEN`: see [pipelines](pipelines.md#pull-requests).',
  ],
  s3: [
    'Evidence in a bucket cannot be read.',
    'Write the place as `s3://bucket/prefix`, and allow `s3:ListBucket` and `s3:GetObject` on it.',
  ],
});
