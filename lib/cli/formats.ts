import { Option } from 'commander';
import { annotation, withoutCommands, type Annotation } from '../report/workflow-command';
import type { Outcome } from './outcome';

/** The option `--format` of a command. */
export const formatOption = (formats: readonly string[]): Option =>
  new Option('--format <format>', 'how to write it').choices(formats).default(formats[0]);

/** A report as a step of GitHub Actions shows it. */
export interface GithubReport {
  /** As it is written for people: the log of the step. */
  readonly text: string;
  /** The summary of the job. */
  readonly markdown: string;
  /** What is shown beside the run. @default - nothing: all is well */
  readonly annotation?: Annotation | undefined;
}

/** What was judged. */
interface Judged {
  readonly verdict: string;
  readonly reasons: readonly string[];
}

/** Verdicts that are good news: they need no annotation. */
const GOOD: ReadonlySet<string> = new Set(['GO', 'GO ON', 'RECORDED']);

/** The annotation of a verdict; undefined for one that is good. @param headline - what it means */
export const annotationOn = ({ verdict, reasons }: Judged, headline: string): Annotation | undefined =>
  GOOD.has(verdict) ? undefined : { level: 'error', title: `${verdict}: ${headline}`, lines: reasons };

/** Writes a report for GitHub Actions: nothing in it but the annotation is a command. */
export const forGithub = ({
  text,
  markdown,
  annotation: said,
}: GithubReport): Pick<Outcome, 'text' | 'summary'> => ({
  text: withoutCommands(text) + (said ? `${annotation(said)}\n` : ''),
  summary: markdown,
});
