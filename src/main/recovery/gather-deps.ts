import type { Finding, PlanReason } from '../../shared/domain.ts';
import type { RunSummary, RunView } from '../../shared/run-view.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import type { MediaInfo, Pixels } from '../platform/media.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import type { ServiceEvidence } from './evidence.ts';

/** What gathering evidence needs of the world. The rooms beside this one are handed in as functions (app/recovery.ts). */
export interface GatherDeps {
  db: Pick<Database, 'journal' | 'objects' | 'backups' | 'uploads'>;
  disk: Pick<Disk, 'read' | 'stat' | 'list' | 'realPath'>;
  clock: Clock;
  fetch: typeof fetch;
  /** The setting `workflow.fields`. */
  fields: ExtraFields;
  /** What a run, as the interrupted one was asked for, would do. It asks nobody: `gone` are addresses that lead nowhere. */
  plan: (opened: OpenedSource, gone: ReadonlySet<string>) => Promise<SeenPlan>;
  /** Runs of a workflow as the runner tells them (those of dead processes as interrupted), newest first. */
  runs: (workflow: string) => Promise<RunSummary[]>;
  /** The record of a run; null: there is none. */
  record: (runId: string) => Promise<Pick<RunView, 'nodes'> | null>;
  /** The store that run used. Rejects as `openStore` of app does. */
  openStore: () => Promise<ObjectStore>;
  backend: (signal: AbortSignal) => Promise<ServiceEvidence>;
  tunnel: (signal: AbortSignal) => Promise<ServiceEvidence>;
  /** `backups/` of a workflow (behaviour.md §9). */
  backupFolder: (workflow: string) => string;
  /** Looks whether bytes are a whole picture or clip; rejects with the reason in words (platform/media.ts). */
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
  /** What a picture or clip measures, by its head alone; null: it cannot be told (platform/media.ts). */
  measure: (bytes: Uint8Array) => Promise<Pixels | null>;
  limits?: Partial<GatherLimits>;
}

/** Milliseconds each part of the look may take: they go side by side. */
export interface GatherLimits {
  /** An answer of one address. */
  addressMs: number;
  /** All addresses; 1,000 of them at 64 ms. Less than `filesMs`: files of what is gone are looked at after. */
  addressesMs: number;
  storeMs: number;
  servicesMs: number;
  /** Reading files. */
  filesMs: number;
  /** From then on files are read and hashed, but no longer decoded. */
  decodeMs: number;
  backupsMs: number;
}

export const usualLimits: GatherLimits = {
  addressMs: 1_500,
  addressesMs: 8_000,
  storeMs: 2_000,
  servicesMs: 1_000,
  filesMs: 10_000,
  decodeMs: 1_500,
  backupsMs: 2_000,
};

/** A workflow that could be read, under its real path; the bytes are those of a backup where it is not the source. */
export interface OpenedSource {
  path: string;
  bytes: Uint8Array;
  workflow: Workflow;
  findings: Finding[];
}

/** The plan of a workflow as far as a diagnosis has use for it (runner/plan.ts). */
export interface SeenPlan {
  nodes: SeenNode[];
  places: SeenPlaces;
}

export interface SeenNode {
  node: GenerationNode;
  reason: PlanReason;
  /** Cached without a fingerprint. */
  trusted: boolean;
  /** Of one candidate. */
  priceUSD: number;
  needs: number[];
  /** Of a re-roll: the places of this node that it makes anew. Left out: an ordinary run. */
  reroll?: readonly { row: number; candidate: number }[];
  /** References as written. */
  references: string[];
}

/** Where things of a workflow go (runner/places.ts). */
export interface SeenPlaces {
  generations: string;
  code: string;
  version: string;
  of(nodeId: number): NodeNames;
}

/** Row and candidate count from 1. */
export interface NodeNames {
  candidate(row: number, candidate: number, ext: string): string;
  inUse(row: number, ext: string): string;
  key(row: number, candidate: number, sha256: string, ext: string): string;
}

/** Whether the run wants this node at all. */
export const isWanted = ({ reason }: Pick<SeenNode, 'reason'>): boolean =>
  reason !== 'not wanted (images mode)';

/** How many candidates of a node are wanted. */
export const wantedOf = ({ prompts, perRow }: Pick<GenerationNode, 'prompts' | 'perRow'>): number =>
  prompts.length * perRow;
