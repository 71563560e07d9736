/**
 * Settings of statements that rules are compiled to: long, with hundreds of conditions that are each simple.
 *
 * The engine's rewritings find nothing to do in one of ours, and searching took most of the time of analysing it
 * ([m] 1.8 s against 0.5 s for 250 conditions). Compiling expressions to machine code costs more than it gains
 * ([m] 100 audiences over 6 M events 2.4 s without, 2.8 s with it). Evaluating both sides of AND is cheaper than
 * picking the rows for the second: [m] 8 conditions over 13 M events 0.80 s instead of 1.15 s.
 *
 * Hash tables are not made as large as they were the last time: each thread made one of that size, which doubled the memory
 * of a second evaluation ([m] 3.4 GB instead of 1.9 GB for 1 M profiles and 30 M events) and cost four seconds of page
 * faults. Tables are cut in 256 parts from a hundred thousand profiles on, also where they hold many conditions: the
 * parts of all passes come in the same order and meet while they are in the processor's cache ([m] one question for 100
 * audiences over 1 M profiles and 30 M events: 10.1 s of processor time, and 11.7 s from half a million on). The join's
 * right side is small.
 *
 * Blocks of 4 MB: with many columns those of the default's 1 MB have few rows ([m] the same question in passes: 10.8 s of
 * processor time instead of 12.0 s; rules one by one 5 % less).
 */
export const RULE_SETTINGS = {
  collect_hash_table_stats_during_aggregation: 0,
  group_by_two_level_threshold: 100_000,
  group_by_two_level_threshold_bytes: 500_000_000,
  join_algorithm: "hash",
  preferred_block_size_bytes: 4_194_304,
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  short_circuit_function_evaluation: "disable",
  optimize_functions_to_subcolumns: 0,
  optimize_rewrite_aggregate_function_with_if: 0,
  optimize_rewrite_sum_if_to_count_if: 0,
  optimize_group_by_function_keys: 0,
  optimize_injective_functions_in_group_by: 0,
  optimize_if_chain_to_multiif: 0,
  optimize_and_compare_chain: 0,
  optimize_extract_common_expressions: 0,
  optimize_arithmetic_operations_in_aggregate_functions: 0,
  optimize_aggregators_of_group_by_keys: 0,
  optimize_normalize_count_variants: 0,
  optimize_uniq_to_count: 0,
  optimize_multiif_to_if: 0,
  optimize_time_filter_with_preimage: 0,
} as const;
