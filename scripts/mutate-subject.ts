import { TwinError } from '../lib/error';
import type { Mutant } from './mutants';

/** What parity says of two environments; it refuses what is no template, or what cannot be deployed. */
export type Answer = 'twins' | 'not-twins' | 'undecided' | 'refused';

/** Two environments of which one is changed. */
export interface Subject {
  /** What it is called in messages. */
  readonly name: string;
  /** What parity says as long as nothing is changed. */
  readonly unchanged: Answer;
  /** Asks parity. */
  readonly answer: () => Answer;
  /** What changes what is deployed: each must be found. */
  readonly unpermitted: Iterable<Mutant>;
  /** What changes nothing that is deployed: none may be found. */
  readonly permitted: Iterable<Mutant>;
}

/** The answer of a comparison, which refuses what it cannot compare. */
export function answerOf(compare: () => Exclude<Answer, 'refused'>): Answer {
  try {
    return compare();
  } catch (error) {
    if (error instanceof TwinError) return 'refused';
    throw error;
  }
}
