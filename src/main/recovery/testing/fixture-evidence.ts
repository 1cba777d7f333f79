import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fixturePath, openFixture } from '../../workflow/fixtures/expected.ts';
import { type GenerationNode, generationNodes } from '../../workflow/generation.ts';
import { parseWorkflow } from '../../workflow/read.ts';
import type { BackupEvidence, ErrorEvidence, Evidence, ExportEvidence, NodeEvidence } from '../evidence.ts';
import { backupOf, cached, evidenceOf, exportOf, fileAt, nodeOf } from './evidence-builder.ts';

/** Prices of a picture and a clip in these tests. */
export const PRICES = { image: 0.04, video: 0.4 };

/**
 * A crashed project of another tool as evidence, read from its real files with a few lines of their own, so that the
 * judgement is tested apart from the gathering. `dead`: ends of addresses that lead nowhere.
 */
export function crashedProject(name: string, dead: readonly string[] = []): Evidence {
  const folder = `crashed/${name}`;
  const workflow = openFixture(`${folder}/testing/XYZG3-V0-2.nbflow`);
  const files = candidatesIn(`${folder}/Assets/XYZG3`);
  const nodes = generationNodes(workflow).map((node) => nodeEvidence(node, files, dead));
  return evidenceOf({
    path: fixturePath(`${folder}/testing/XYZG3-V0-2.nbflow`),
    name: 'XYZG3-V0-2',
    nodes,
    export: exportIn(`${folder}/Generations`, nodes.length),
    backups: backupsIn(`${folder}/backups`, nodes),
    errors: errorsIn(`${folder}/Generations/errors.json`),
  });
}

function nodeEvidence(node: GenerationNode, files: Set<string>, dead: readonly string[]): NodeEvidence {
  const ext = node.kind === 'image' ? 'png' : 'mp4';
  const places = Array.from({ length: node.prompts.length * node.perRow }, (_, at) => {
    const url = node.saved[at];
    const file = `scene${String(node.scene).padStart(2, '0')}-c${at + 1}.${ext}`;
    const state = dead.some((end) => url?.endsWith(end)) ? 'gone' : 'unknown';
    return { ...(url ? cached('', { url, state }) : {}), ...(files.has(file) ? fileAt(file) : {}) };
  });
  const needs = node.inputs.flatMap(({ source }) => (source.kind === 'output' ? [source.nodeId] : []));
  const { nodeId, kind, title, scene, tab, aspectRatio } = node;
  return nodeOf(nodeId, places, { kind, title, scene, tab, aspectRatio, needs, priceUSD: PRICES[kind] });
}

function candidatesIn(folder: string): Set<string> {
  const at = fixturePath(folder);
  const names = existsSync(at) ? readdirSync(at, { recursive: true, encoding: 'utf8' }) : [];
  return new Set(names.map((name) => name.split(/[\\/]/).at(-1) ?? ''));
}

function exportIn(folder: string, wanted: number): ExportEvidence | null {
  const at = fixturePath(folder);
  const name = existsSync(at) ? readdirSync(at).find((entry) => entry.endsWith('.nbflow')) : undefined;
  if (name === undefined) return null;
  const path = `${at}/${name}`;
  try {
    const nodes = generationNodes(parseWorkflow(readFileSync(path, 'utf8'), path));
    const gaps = nodes.filter(({ saved }) => !saved.some(Boolean)).map(({ nodeId }) => nodeId);
    const whole = gaps.length === 0 && nodes.length === wanted;
    return exportOf({ path, state: whole ? 'complete' : 'with gaps', gaps });
  } catch (error) {
    return exportOf({ path, state: 'unreadable', message: error instanceof Error ? error.message : null });
  }
}

function backupsIn(folder: string, nodes: readonly NodeEvidence[]): BackupEvidence[] {
  const at = fixturePath(folder);
  if (!existsSync(at)) return [];
  const ofKind = (kind: string) =>
    nodes.filter((node) => node.kind === kind).reduce((sum, { places }) => sum + places.length, 0);
  return readdirSync(at).map((name) =>
    backupOf(name, { id: null, path: `${at}/${name}`, images: ofKind('image'), videos: ofKind('video') }),
  );
}

function errorsIn(file: string): { path: string; entries: ErrorEvidence[] } | null {
  const path = fixturePath(file);
  if (!existsSync(path)) return null;
  return { path, entries: JSON.parse(readFileSync(path, 'utf8')) };
}
