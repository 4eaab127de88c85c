/**
 * The option of a server for each parameter of a parameter group, where it has one:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
 */
const OPTIONS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  max_item_size: (value) => ['-I', value],
  chunk_size: (value) => ['-n', value],
  chunk_size_growth_factor: (value) => ['-f', value],
  error_on_memory_exhausted: (value) => (value === '1' ? ['-M'] : []),
  cas_disabled: (value) => (value === '1' ? ['-C'] : []),
  disable_flush_all: (value) => (value === '1' ? ['-F'] : []),
  binding_protocol: (value) => ['-B', value],
  backlog_queue_limit: (value) => ['-b', value],
  idle_timeout: (value) => ['-o', `idle_timeout=${value}`],
  hash_algorithm: (value) => ['-o', `hash_algorithm=${value}`],
};

/** The memory of a node that ElastiCache keeps for connections, in MiB; the server does not know it. */
export const OVERHEAD = 'memcached_connections_overhead';

/** What a server is started with for the parameters of a group. */
export const optionsOf = (parameters: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(parameters).flatMap(([name, value]) => OPTIONS[name]?.(value) ?? []);

/** The parameters that nothing stands for here. */
export const unknownIn = (parameters: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(parameters).filter((name) => name !== OVERHEAD && OPTIONS[name] === undefined);
