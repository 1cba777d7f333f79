import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnosis, type RecoveryNode } from '../../shared/recovery.ts';
import { diagnose } from './diagnose.ts';
import { wayOf } from './diagnose-places.ts';
import { read } from './diagnose-reading.ts';
import type { Evidence, PlaceEvidence } from './evidence.ts';
import { anyEvidence } from './testing/any-evidence.ts';
import { NOW } from './testing/evidence-builder.ts';

const runs = { numRuns: 400 };
const holds = (rule: (evidence: Evidence, diagnosis: Diagnosis) => void) =>
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      rule(evidence, diagnose(evidence, NOW));
    }),
    runs,
  );

const plans = ({ plan, alternatives }: Diagnosis) => [plan, ...alternatives];
const canBeRead = ({ source }: Evidence) => source.state === 'sound';

describe('a diagnosis of whatever was gathered', () => {
  it('has exactly the shape that goes over the wire, nothing undefined in it', () => {
    holds((_, diagnosis) => {
      expect(Diagnosis.parse(diagnosis)).toStrictEqual(diagnosis);
    });
  });

  it('has a row for each node, whose candidates are kept, taken, made, or said why not', () => {
    holds((evidence, { nodes, plan }) => {
      expect(nodes.map(({ nodeId, wanted }) => [nodeId, wanted])).toEqual(
        evidence.nodes.map(({ nodeId, places }) => [nodeId, places.length]),
      );
      if (plan.action === 'rebuild' || plan.action === 'wipe') return;
      const { stale, resume } = read(evidence);
      nodes.forEach((node, at) => {
        const places = evidence.nodes[at]?.places ?? [];
        const again = evidence.nodes[at]?.reroll ?? [];
        const stays = ({ cache, row, candidate }: PlaceEvidence) =>
          cache !== null &&
          cache.state !== 'gone' &&
          !again.some((place) => place.row === row && place.candidate === candidate);
        const kept = stale[at] ? 0 : places.filter(stays).length;
        const tally = resume.nodes[at];
        const rest = (tally?.parked ?? 0) + (tally?.left ?? 0) + (tally?.blocked ?? 0);
        expect(kept + node.salvaged + node.generations + rest).toBe(node.wanted);
      });
    });
  });

  it('counts in a node no more than there are places', () => {
    const within = (node: RecoveryNode) =>
      [node.cache + node.bad, node.local, node.store, node.journal, node.salvaged + node.generations].every(
        (count) => count >= 0 && count <= node.wanted,
      );
    holds((_, { nodes }) => expect(nodes.every(within)).toBe(true));
  });

  it('makes as much as its nodes say', () => {
    holds((_, { nodes, plan }) => {
      if (plan.action === 'none') return;
      const made = (kind: string) =>
        nodes.filter((node) => node.kind === kind).reduce((sum, { generations }) => sum + generations, 0);
      expect([plan.images, plan.videos]).toEqual([made('image'), made('video')]);
    });
  });

  it('never recommends what costs more than a rebuild, and every sum adds up', () => {
    holds((evidence, diagnosis) => {
      const { rebuild } = read(evidence);
      expect(diagnosis.plan.costUSD).toBeLessThanOrEqual(rebuild.costUSD + 1e-9);
      for (const plan of plans(diagnosis)) {
        expect(plan.generations).toBe(plan.images + plan.videos);
        expect(
          Math.min(plan.images, plan.videos, plan.costUSD, plan.saved, plan.savedUSD),
        ).toBeGreaterThanOrEqual(0);
        if (plan.action === 'restore') continue;
        expect(plan.costUSD + plan.savedUSD).toBeCloseTo(rebuild.costUSD, 6);
        expect(plan.generations + plan.saved).toBe(rebuild.total.made);
      }
    });
  });

  it('generates nothing where it says that all is there', () => {
    holds((_, { verdict, plan }) => {
      if (verdict === 'complete') expect(plan.action).toBe('none');
      if (verdict === 'export only') expect(plan.action).toBe('export');
      if (plan.action === 'none' || plan.action === 'export')
        expect([plan.generations, plan.costUSD]).toEqual([0, 0]);
    });
  });

  it('never makes what is paid for and whole, but where a person cleared it or it no longer fits', () => {
    const isHad = ({ journal, local }: PlaceEvidence) =>
      (journal?.intact && ['downloaded', 'stored'].includes(journal.state)) || local?.problem === null;
    holds((evidence) => {
      const { stale } = read(evidence);
      evidence.nodes.forEach((node, at) => {
        if (stale[at] || node.reason === 'forced') return;
        for (const place of node.places.filter(isHad))
          expect(wayOf(node, place, { wiped: false, stale: false })).not.toBe('made');
      });
    });
  });

  it('comes to the same verdict in whatever order the nodes come', () => {
    fc.assert(
      fc.property(anyEvidence, fc.infiniteStream(fc.nat()), (evidence, order) => {
        const nodes = evidence.nodes
          .map((node) => ({ node, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ node }) => node);
        const one = diagnose(evidence, NOW);
        const other = diagnose({ ...evidence, nodes }, NOW);
        expect(other.verdict).toBe(one.verdict);
        expect(other.headline).toBe(one.headline);
        expect(other.plan.generations).toBe(one.plan.generations);
        expect(other.findings.length).toBe(one.findings.length);
      }),
      runs,
    );
  });

  it('offers no two plans that do the same, and none that buys where nothing can be run', () => {
    holds((evidence, diagnosis) => {
      const actions = plans(diagnosis).map(({ action }) => action);
      expect(new Set(actions).size).toBe(actions.length);
      if (!canBeRead(evidence)) expect(['none', 'restore']).toContain(diagnosis.plan.action);
      if (evidence.run?.live) expect(actions).toEqual(['none']);
      for (const { action, nodes, backup } of plans(diagnosis)) {
        expect(nodes.length > 0).toBe(action === 'wipe');
        expect(backup !== null).toBe(action === 'restore');
      }
    });
  });

  it('backs up what is there before anything else', () => {
    holds((evidence, diagnosis) => {
      if (evidence.source.state === 'missing') return;
      for (const { action, steps } of plans(diagnosis))
        if (action !== 'none') expect(steps[0]).toBe('Back up the workflow as it is now.');
    });
  });

  it('says problems first, and never more than a person can read', () => {
    holds((_, { findings }) => {
      const order = findings.map(({ severity }) => severity);
      expect(order).toEqual([...order].sort().reverse());
      expect(findings.length).toBeLessThan(60);
      for (const { message } of findings) expect(message).toMatch(/^.+\.$/s);
    });
  });
});
