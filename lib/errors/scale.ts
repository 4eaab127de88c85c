import { pages } from './pages';

/** What is wrong with scale factors, derived values and proportions. */
export const OF_SCALE = pages({
  scale: [
    'The values of an environment break a rule of their kinds, such as a staging without readers where production has some.',
    'Change the values; a [shape rule](scale-factors.md#shape-rules) cannot be switched off.',
  ],
  'unknown-factor': [
    'A value is given for a factor that the scale does not declare.',
    'Declare it with a kind and a reason, or correct the name.',
  ],
  'factor-kind': [
    'A scale has no factors, or one that is of no known kind.',
    'Make each with the function of its [kind](scale-factors.md#kinds), such as `replicas({ reason })`.',
  ],
  'factor-name': [
    'A factor has a name that is not allowed.',
    'Name it like a property, such as `ordersReaders`.',
  ],
  'factor-reason': [
    'A factor has no reason.',
    'Say in one sentence why environments may differ here: reports show it.',
  ],
  'factor-limit': [
    'The `min`, `max` or `step` of a factor is not allowed, or they contradict each other.',
    'Give the limits of the service, or leave them out.',
  ],
  'derived-name': [
    'A derived value has the name of a factor, or one that is not allowed.',
    'Give it a name of its own, like a property.',
  ],
  'derived-from': [
    'A derived value names no factor that it comes from, or one that is not declared.',
    'Name declared factors in its `from`.',
  ],
  'derived-value': [
    'A derived value has no function, an option that does not exist, or a function that throws or returns neither a number nor a text.',
    'Let `value` be a function of the factors in `from`, and of nothing else.',
  ],
  'derived-switch': [
    'A derived value does not follow its factors: it has one value for production and another for everything else.',
    'Let it grow with its factors: see [derived values](scale-factors.md#derived-values).',
  ],
  proportion: [
    'A proportion has no name, lacks one of its two functions, or has a tolerance that is no share.',
    'Give it a name, `asked`, `offered` and a tolerance such as 0.3.',
  ],
  'unknown-class': [
    'Nothing is known of the size of an instance class.',
    'Give the proportion a function that returns the number for this class.',
  ],
});
