import type { RecoveryFinding } from '../../shared/recovery.ts';

interface More {
  nodeId?: number | null | undefined;
  where?: string | null | undefined;
  cure?: string | null | undefined;
}

/** A finding; what is not said is null, for nothing undefined goes over the wire. */
export const finding = (
  code: string,
  severity: RecoveryFinding['severity'],
  message: string,
  { nodeId, where, cure }: More = {},
): RecoveryFinding => ({
  code,
  severity,
  nodeId: nodeId ?? null,
  message,
  where: where ?? null,
  cure: cure ?? null,
});
