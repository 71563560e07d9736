export type { ActivationDefinition, ActivationDefinitionInput } from "./activation/activation.ts";
export { activationDefinition } from "./activation/activation.ts";
export type { BreakerPolicy } from "./activation/breaker.ts";
export { BREAKER_POLICY, Breaker } from "./activation/breaker.ts";
export type { Advice, ConnectionTest, Tick, TickState } from "./activation/connection-test.ts";
export { adviceOn, readConnectionTest } from "./activation/connection-test.ts";
export { TICKS } from "./activation/destination-failure.ts";
export type { HoldReason, RemovalGuard, Removals, StaleSource } from "./activation/guard.ts";
export {
  DEFAULT_GUARD,
  GUARD_WINDOW_MS,
  guardReasons,
  holdSentence,
  isHarmless,
  removalGuard,
} from "./activation/guard.ts";
export { halves } from "./activation/halving.ts";
export type { NextStep, StepFacts } from "./activation/next-step.ts";
export { heldSentence, nextStep } from "./activation/next-step.ts";
export type { SettledState, Settling } from "./activation/outcome.ts";
export { heldAfter } from "./activation/outcome.ts";
export type { PersonState } from "./activation/person-state.ts";
export { PERSON_STATES } from "./activation/person-state.ts";
export type { Decision, HeldState, PlanTimes, Standing } from "./activation/plan.ts";
export { DIFFERS, decide } from "./activation/plan.ts";
export { EQUAL_REFUSALS_THAT_STOP, RefusalCount } from "./activation/refusal-count.ts";
export type { RequestOutcome } from "./activation/request-outcome.ts";
export { REQUEST_OUTCOMES } from "./activation/request-outcome.ts";
export type { RetryPolicy } from "./activation/retry.ts";
export { RETRY_POLICY, refusalDelay, retryAfter, retryDelay } from "./activation/retry.ts";
export { RUN_WORDS, triggerText } from "./activation/run-words.ts";
export type { LinkState, RunState } from "./activation/state.ts";
export { isFinal, LINK_STATES, mayFollow, RUN_TRANSITIONS } from "./activation/state.ts";
export type { SegmentNumbers, StatusFacts, SynchronizationStatus } from "./activation/status.ts";
export { addsUp, STATUS_WORDS, synchronizationStatus } from "./activation/status.ts";
export type {
  ActivationType,
  Call,
  Connection,
  Limits,
  Segment,
  SegmentFact,
  SettingWarning,
  TokenGrant,
} from "./activation-type/activation-type.ts";
export { defineActivationType } from "./activation-type/activation-type.ts";
export type { Exchange, OutgoingMessage, RequestFunction } from "./activation-type/request.ts";
export { UNANSWERED } from "./activation-type/request.ts";
export { redact, secretSettings, splitSecrets } from "./activation-type/secrets.ts";
export type { DestinationSetup, SetupBasis, SetupPart } from "./activation-type/setup.ts";
export { setupPlaceholder } from "./activation-type/setup.ts";
export type { Change, ChangeOutcome, Delivery, Failure, Verdict } from "./activation-type/verdict.ts";
export { deliveryOfAll, outcomeOf } from "./activation-type/verdict.ts";
export type { AudienceDefinition, AudienceDefinitionInput } from "./audience/audience.ts";
export { audienceDefinition, newAudienceId, uncheckedRule } from "./audience/audience.ts";
export { audiencesNamed } from "./audience/audiences-named.ts";
export type { ResolvedBlock } from "./audience/branches.ts";
export { resolvedBlocks } from "./audience/branches.ts";
export type {
  Catalog,
  CatalogAttribute,
  CatalogAudience,
  CatalogEventSource,
  CatalogProperty,
} from "./audience/catalog.ts";
export type { AudienceCheck } from "./audience/check.ts";
export { audienceCheck } from "./audience/check.ts";
export type { RuleDifference } from "./audience/compare.ts";
export type { AudienceComparison, FieldDifference } from "./audience/compare-audiences.ts";
export { compareAudiences } from "./audience/compare-audiences.ts";
export { masksSql } from "./audience/compile/bits.ts";
export type { ParameterValue } from "./audience/compile/parameters.ts";
export { instantText } from "./audience/compile/parameters.ts";
export type {
  CompiledInPasses,
  CompiledNeeds,
  CompiledPass,
  CompiledRules,
  KnownData,
} from "./audience/compile.ts";
export { compileInPasses, compileRules, PASSES_LOST } from "./audience/compile.ts";
export { readDecimal } from "./audience/decimal.ts";
export type { AudienceNames } from "./audience/describe.ts";
export { describeRule } from "./audience/describe.ts";
export type { WindowForm } from "./audience/did-window.ts";
export { evaluateRule } from "./audience/evaluate.ts";
export type { Saw } from "./audience/explain/saw.ts";
export type { ExplainedAudience, ExplainedNode, Explanation } from "./audience/explain.ts";
export { explainRule } from "./audience/explain.ts";
export { RULE_LABELS } from "./audience/label.ts";
export type { MeasureName } from "./audience/measure.ts";
export { MEASURE_NAMES } from "./audience/measure.ts";
export type { CompiledMoments } from "./audience/next-moment.ts";
export { compileMoments, nextMoment } from "./audience/next-moment.ts";
export type { ComparisonName, OperatorName } from "./audience/operator.ts";
export { COMPARISON_NAMES, OPERATOR_NAMES, operatorsOf } from "./audience/operator.ts";
export type { AttributeEntry, Person, PersonEvent } from "./audience/person.ts";
export { currentValue } from "./audience/person.ts";
export type { RuleReads } from "./audience/reads.ts";
export { readsOf } from "./audience/reads.ts";
export type { RuleReference } from "./audience/reference.ts";
export { referenceTables, ruleReference } from "./audience/reference.ts";
export { faultsOfIssues, jsonPointer } from "./audience/report.ts";
export type { ParseResult, ResolveResult } from "./audience/resolve.ts";
export { parseRule, resolveRule } from "./audience/resolve.ts";
export type { Occurrence, ResolvedRule } from "./audience/resolved.ts";
export type { Did, Filter, Have, Measure, NodeKind, PropertyTest, Rule } from "./audience/rule.ts";
export { MAXIMUM_DEPTH, MAXIMUM_LEAVES, ruleSchema } from "./audience/rule.ts";
export { ruleKey } from "./audience/rule-key.ts";
export { RULE_TO_WRITE } from "./audience/rule-to-write.ts";
export type { Value } from "./audience/value.ts";
export type { Bounds, Moment, Span, SpanBounds, Window, WindowUnit } from "./audience/window.ts";
export { boundsOf, spanBounds, WINDOW_UNITS } from "./audience/window.ts";
export { isTimeZone, localDay, startOfDay } from "./audience/zone.ts";
export type { AuditAction } from "./audit.ts";
export { AUDIT_ACTIONS } from "./audit.ts";
export type { Clock } from "./clock.ts";
export type { Definition, DefinitionInput, DefinitionOf } from "./definition.ts";
export { DEFINITION_KINDS, DefinitionSet, definition, definitionKey, isOfKind } from "./definition.ts";
export { definitionId } from "./definition-id.ts";
export type { Actor, ErrorCode, Fault } from "./error.ts";
export { ERRORS, PeregrineError, remedyOf } from "./error.ts";
export { errorPages } from "./error-page.ts";
export type { IdentityConfig, IdentityKind } from "./identity/config.ts";
export { identityConfig, identityConfigOf } from "./identity/config.ts";
export type { IsForgotten } from "./identity/forgotten.ts";
export { FORGOTTEN } from "./identity/forgotten.ts";
export type { DistinctTuples, IdentityGroup, Values } from "./identity/group.ts";
export { readGroup } from "./identity/group.ts";
export type { IdentifierDefinition, IdentifierDefinitionInput } from "./identity/identifier.ts";
export { identifierDefinition } from "./identity/identifier.ts";
export { flattenMerges } from "./identity/merges.ts";
export type { Normalisation } from "./identity/normalise.ts";
export { NORMALISATION_NAMES, NORMALISATIONS, normalise } from "./identity/normalise.ts";
export type { IdentifierFigures, RowParts, Weight, Weights } from "./identity/report/figures.ts";
export {
  identifierFigures,
  NUMERIC_IDENTIFIERS,
  standsOut,
  sumOfParts,
} from "./identity/report/figures.ts";
export type { IdentifierProblem } from "./identity/report/problems.ts";
export { IDENTIFIER_PROBLEMS, identifierProblems } from "./identity/report/problems.ts";
export { resolveGroup, unsettledProfiles } from "./identity/resolve-group.ts";
export type {
  Assignments,
  IdentityConflict,
  IdentityPosition,
  OwnershipLog,
  ProfileMerge,
  Resolution,
  RowSequence,
} from "./identity/resolver.ts";
export type { Identifier, RawIdentifiers, RowIdentity, RowReader } from "./identity/row.ts";
export { rowReader } from "./identity/row.ts";
export type { Holding, IdentityState } from "./identity/state.ts";
export type { Kind } from "./kind.ts";
export { KINDS } from "./kind.ts";
export { notFound } from "./not-found.ts";
export { faultIn, readDefinitions } from "./read-definition.ts";
export type { ReferenceContext } from "./references.ts";
export { referenceFaults } from "./references.ts";
export type { Dataflow, DataflowInput, DataflowSource } from "./schema/dataflow.ts";
export { dataflow, dataflowSource } from "./schema/dataflow.ts";
export type { EmptyCells, FileEncoding, FileFormat } from "./schema/file-format.ts";
export { EMPTY_CELLS, FILE_ENCODINGS, FILE_FORMATS } from "./schema/file-format.ts";
export type { MissingColumn } from "./schema/mapping/fault.ts";
export type { CheckedMapping, MappingCheck } from "./schema/mapping/mapping.ts";
export { checkMapping, eventTypesOf } from "./schema/mapping/mapping.ts";
export type { Path } from "./schema/mapping/path.ts";
export { mappedPaths, pathName } from "./schema/mapping/path.ts";
export { mappingTables } from "./schema/mapping/reference.ts";
export { NUMBER_SQL, TIME_SQL, textOf } from "./schema/mapping/sql/cast.ts";
export type { Cells } from "./schema/mapping/sql/compile.ts";
export { cellName, compileExpression } from "./schema/mapping/sql/compile.ts";
export type { Compiled, FaultSite } from "./schema/mapping/sql/compiled.ts";
export { arrayOf, either, present, truth } from "./schema/mapping/sql/compiled.ts";
export { textLiteral } from "./schema/mapping/sql/literal.ts";
export { CELL_TAGS } from "./schema/mapping/sql/tagged.ts";
export type { Typed, ValueType } from "./schema/mapping/typed.ts";
export type { SchemaParent } from "./schema/parent.ts";
export { SCHEMA_PARENTS } from "./schema/parent.ts";
export type { ColumnProfile, Guess, ProfileOptions, SampleCell } from "./schema/proposal/column-profile.ts";
export { profileColumn } from "./schema/proposal/column-profile.ts";
export type { Proposal, ProposalInput, ProposedColumn } from "./schema/proposal/propose.ts";
export { propose } from "./schema/proposal/propose.ts";
export { proposeAgain } from "./schema/proposal/propose-again.ts";
export type { Role } from "./schema/proposal/roles.ts";
export type { ColumnType, Schema, SchemaColumn } from "./schema/schema.ts";
export { COLUMN_TYPES, schema } from "./schema/schema.ts";
