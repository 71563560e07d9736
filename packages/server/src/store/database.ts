import type { Generated } from "kysely";

/**
 * The control plane's tables. Instants are integer milliseconds UTC, JSON is text in both dialects, and every
 * id comes from the table `counter`, so that ids become visible in the order in which they were given.
 */
export interface Database {
  installation: InstallationTable;
  counter: CounterTable;
  definition: DefinitionTable;
  definition_version: DefinitionVersionTable;
  catalog_column: CatalogColumnTable;
  dataflow_base: DataflowBaseTable;
  dataflow_withdrawal: DataflowBaseTable;
  secret: SecretTable;
  operation: OperationTable;
  import: ImportTable;
  import_definition: ImportDefinitionTable;
  lease: LeaseTable;
  run: RunTable;
  activation_audience: ActivationAudienceTable;
  audience_check: AudienceCheckTable;
  identifier_report: IdentifierReportTable;
  removal_hold: RemovalHoldTable;
  member_list: MemberListTable;
  token: TokenTable;
  setup_code: SetupCodeTable;
  stream_id: StreamIdTable;
  stream_repeat: StreamRepeatTable;
  audit_entry: AuditEntryTable;
  user_account: UserAccountTable;
  user_session: UserSessionTable;
  person_deletion: PersonDeletionTable;
  forgotten_identifier: ForgottenIdentifierTable;
}

/** JSON kept as text; written by {@link JSON.stringify}, read by `json.ts`. */
type JSONText = string;

interface InstallationTable {
  /** Always 1: there is one row. */
  singleton: number;
  id: string;
  created_at: number;
}

interface CounterTable {
  name: string;
  value: number;
}

interface DefinitionTable {
  kind: string;
  id: string;
  /** Names the definition in the data plane; unique over all kinds and never used again. */
  number: number;
  body: JSONText;
  version: number;
  origin: "api" | "file";
  state: "live" | "deleted";
  updated_at: number;
  updated_by: string;
}

interface DefinitionVersionTable {
  kind: string;
  id: string;
  version: number;
  /** `null` at the version that deleted it. */
  body: JSONText | null;
  at: number;
  by: string;
  /** `null` where it was not kept yet. */
  origin: "api" | "file" | null;
}

interface CatalogColumnTable {
  /** Names the column in the data plane; unique over all schemas and never used again. */
  number: number;
  schema_id: string;
  name: string;
  type: string;
}

interface DataflowBaseTable {
  /** Number of the dataflow. */
  dataflow: number;
  /** Rows of imports before this one do not count. */
  import: number;
}

interface SecretTable {
  owner: string;
  name: string;
  ciphertext: string;
}

interface OperationTable {
  id: number;
  kind: string;
  subject: string;
  state: "open" | "published" | "abandoned" | "cleared";
  epoch: number;
  opened_at: number;
  ended_at: number | null;
  /** Numbers what was published in the order in which it became visible. */
  publication: number | null;
  /** What it changed of the data; null: everything. */
  touched: JSONText | null;
}

interface AuditEntryTable {
  id: number;
  at: number;
  by: string;
  action: string;
  kind: string;
  subject: string;
  /** Of a definition after the change: its bodies stand there. */
  version: number | null;
  before: JSONText | null;
  after: JSONText | null;
}

interface ImportTable {
  id: number;
  dataflow_id: string;
  dataflow_number: number;
  file_name: string;
  sha256: string;
  size: number;
  state: string;
  operation: number | null;
  arrival_from: number | null;
  arrival_to: number | null;
  columns: JSONText | null;
  reading: JSONText | null;
  source: Generated<string>;
  segment: string | null;
  /** Only of imports of older versions; the others have a hash. */
  definition: JSONText | null;
  definition_hash: string | null;
  counts: JSONText | null;
  progress: JSONText | null;
  error: JSONText | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  /** The import whose rows it takes in once more. */
  again_of: number | null;
  /** When the rows came, where that was before. */
  came_at: number | null;
  sent_by: string | null;
}

interface ImportDefinitionTable {
  /** SHA-256 of the body, lower-case hex. */
  hash: string;
  body: JSONText;
}

interface StreamIdTable {
  id: string;
  dataflow_id: string;
  dataflow_number: number;
  name: string;
  origin: "made" | "given";
  hash: string;
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

interface StreamRepeatTable {
  key: string;
  body: string;
  rows: number;
  at: number;
}

interface LeaseTable {
  name: string;
  holder: string;
  epoch: number;
  expires_at: number;
}

interface RunTable {
  id: number;
  activation_id: string;
  state: string;
  trigger: string;
  epoch: number;
  sequence: number | null;
  counts: JSONText | null;
  progress: JSONText | null;
  error: JSONText | null;
  started_at: number;
  finished_at: number | null;
}

interface ActivationAudienceTable {
  activation_id: string;
  audience_id: string;
  attached_at: number;
  last_synchronized_at: number | null;
  status: string;
  error: JSONText | null;
  metadata: JSONText | null;
}

interface AudienceCheckTable {
  audience_id: string;
  checked_at: number | null;
  sequence: number | null;
  as_of: number | null;
  publication: number | null;
  changed_by: number | null;
  basis: string | null;
  fingerprint: string | null;
  reads: JSONText | null;
  size: number | null;
  next_moment: number | null;
  error: JSONText | null;
  counted_size: number | null;
  counted_at: number | null;
}

interface IdentifierReportTable {
  /** Number of the identifier. */
  identifier: number;
  figures: JSONText;
  taken_at: number;
  data_revision: number;
  definitions_revision: number;
}

interface RemovalHoldTable {
  id: number;
  activation_id: string;
  audience_id: string;
  run: number;
  epoch: number;
  fingerprint: string;
  removals: JSONText;
  reasons: JSONText;
  state: string;
  held_at: number;
  written_at: number;
  decided_at: number | null;
  decided_by: string | null;
  ended_at: number | null;
}

interface MemberListTable {
  id: number;
  name: string;
  /** The identifier by which people are named in it. */
  identifier_id: string;
  audiences: JSONText;
  people: number;
  repeated: number;
  created_at: number;
}

interface TokenTable {
  id: string;
  name: string;
  hash: string;
  role: "admin" | "editor" | "viewer";
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

interface SetupCodeTable {
  /** Always 1: there is one row. */
  singleton: number;
  hash: string;
  created_at: number;
  used_at: number | null;
}

interface UserAccountTable {
  id: string;
  /** In lower case. */
  email: string;
  name: string;
  role: "admin" | "editor" | "viewer";
  password_hash: string;
  created_at: number;
  last_signed_in_at: number | null;
  disabled_at: number | null;
}

interface UserSessionTable {
  /** SHA-256 of the session's id, which the browser alone knows. */
  hash: string;
  user_id: string | null;
  data: JSONText;
  expires_at: number;
}

interface PersonDeletionTable {
  id: number;
  profile: number;
  numbers: JSONText;
  identifiers: JSONText | null;
  state: string;
  forced: number;
  refuse_until: number;
  requested_at: number;
  requested_by: string;
  finished_at: number | null;
  counts: JSONText | null;
}

interface ForgottenIdentifierTable {
  hash: string;
  refuse_until: number;
}
