import type { ErrorClass, Finding, GenerationKind, PlanReason, RunCause } from '../../shared/domain.ts';
import type { JournalState } from '../db/journal.ts';

/**
 * All that a diagnosis looks at, as values (behaviour.md §8). Gathered by `gatherEvidence`, judged by `diagnose`, which
 * reads nothing else. Times are milliseconds since the epoch; rows and candidates count from 1.
 */
export interface Evidence {
  path: string;
  name: string;
  source: SourceEvidence;
  /** The newest run of this workflow that Flowdeck knows. */
  run: RunEvidence | null;
  /**
   * Runs since the last one that was completed, after the first that was cut short, that ended with failures themselves:
   * passes at recovering. Oldest first.
   */
  passes: PassEvidence[];
  /** Empty when the source cannot be read and there is no backup to go by. */
  nodes: NodeEvidence[];
  /** Whose nodes these are: of the source, or of a backup, when the source cannot be read. */
  nodesFrom: 'source' | { backup: string };
  export: ExportEvidence | null;
  /** Newest first. */
  backups: BackupEvidence[];
  errors: { path: string; entries: ErrorEvidence[] } | null;
  backend: ServiceEvidence;
  tunnel: ServiceEvidence;
  /** What could not be looked at in time: `store: no answer within 5 s`. */
  unseen: string[];
}

export type SourceEvidence =
  | { state: 'sound'; findings: Finding[] }
  | { state: 'unreadable'; message: string; where: string }
  | { state: 'missing' };

export interface RunEvidence {
  runId: string;
  /** As the record says it; `interrupted` for one whose process is gone. */
  status: string;
  live: boolean;
  mode: string;
  demo: boolean;
  startedAt: number;
  /** Its end, or the last thing its journal says. */
  endedAt: number | null;
  cause: RunCause | null;
  message: string | null;
  /** Path of the backup from before it; its id where there is no copy on disk. */
  backup: string | null;
}

export interface PassEvidence {
  runId: string;
  at: number;
  /** What its nodes failed with, or why it could not go on. */
  classes: (ErrorClass | RunCause)[];
}

export interface NodeEvidence {
  nodeId: number;
  tab: string;
  title: string;
  kind: GenerationKind;
  scene: number;
  /** Of a run as the interrupted one was asked for. */
  reason: PlanReason;
  aspectRatio: string;
  priceUSD: number;
  /** Generation nodes whose output this one starts from. */
  needs: number[];
  /** Of a re-roll: the places of this node that it makes anew, and no others; null: an ordinary run. */
  reroll: readonly { row: number; candidate: number }[] | null;
  /** One for each candidate that is wanted, row-major. */
  places: PlaceEvidence[];
  /** Addresses in the file beyond the places. */
  surplus: CacheEvidence[];
  /** Rows with a file in use (`scene03.png`), a copy of one of their candidates. */
  inUse: number;
}

export interface PlaceEvidence {
  row: number;
  candidate: number;
  cache: CacheEvidence | null;
  local: FileEvidence | null;
  store: ObjectEvidence | null;
  journal: JournalEvidence | null;
}

export interface CacheEvidence {
  url: string;
  /** 404 and 410 (and a missing local file) are gone, anything that is not an answer is unknown. */
  state: 'there' | 'gone' | 'unknown';
  /** What its name says, where it follows the scheme of behaviour.md §6. */
  named: 'ours' | 'other workflow' | 'other version' | 'other scene' | 'no scheme';
  /** Equal for equal pictures: a hash, or what the server gives for one. Null: not known. */
  identity: string | null;
  /** Width divided by height, where the file is on this machine. */
  shape: number | null;
}

/** A file in `Assets/` under the name of this place. */
export interface FileEvidence {
  file: string;
  size: number;
  sha256: string;
  modifiedAt: number;
  /** Why it is left out: `it is cut off`, `it is older than the prompt`. Null: it can be taken. */
  problem: string | null;
}

/** An object in the store under the name of this place, whose address stands nowhere in the file. */
export interface ObjectEvidence {
  key: string;
  url: string;
  size: number;
  modifiedAt: number | null;
  /** The first hexadecimal digits of its hash, where the key has them. */
  hash: string | null;
  problem: string | null;
}

/** The newest request for this place that asked for what is asked for now. */
export interface JournalEvidence {
  id: number;
  runId: string;
  state: JournalState;
  taskId: string | null;
  /** Its file is on this machine and has the hash of the journal. */
  intact: boolean;
  file: string | null;
  url: string | null;
  message: string | null;
  at: number;
}

export interface ExportEvidence {
  path: string;
  at: number;
  /** `other`: its nodes are not those of the source. */
  state: 'complete' | 'with gaps' | 'unreadable' | 'other';
  /** Nodes without (all of) their output. */
  gaps: number[];
  /** For one that cannot be read: why, and where. */
  message: string | null;
}

export interface BackupEvidence {
  /** What the database calls it; null: only found on disk. */
  id: string | null;
  path: string | null;
  at: number;
  reason: string;
  /** It parses, and its hash is right. */
  sound: boolean;
  /** Candidates it has output for, of those wanted. */
  cached: number;
  /** Candidates a run of it would have to make, by kind, before salvage. */
  images: number;
  videos: number;
}

export interface ErrorEvidence {
  nodeId: number | null;
  type: string;
  message: string;
  attempts: number;
}

export interface ServiceEvidence {
  /** `unused`: the run does not go through it, or nothing has to be generated. */
  state: 'up' | 'down' | 'refused' | 'unused' | 'unknown';
  /** Of G-Labs: whether it is the demo. Left out: it did not say. */
  demo?: boolean;
  address: string | null;
  message: string | null;
  cure: string | null;
}

/** A candidate that can be had without generating it. */
export interface SalvageOffer {
  nodeId: number;
  row: number;
  candidate: number;
  /** Where it is taken from. */
  from: { kind: 'file'; file: string; sha256: string } | { kind: 'object'; url: string; key: string };
}
