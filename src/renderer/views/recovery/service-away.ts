import type { Diagnosis } from '../../../shared/recovery.ts';
import type { ServiceName } from '../../../shared/services.ts';

const findings: Partial<Record<string, ServiceName>> = { 'backend-down': 'glabs', 'tunnel-down': 'tunnel' };

/** Which service the diagnosis found away: by its verdict, or where something else is worse, by what it saw. Pure. */
export function serviceAway({ verdict, findings: found }: Diagnosis): ServiceName | null {
  if (verdict === 'backend down') return 'glabs';
  if (verdict === 'tunnel down') return 'tunnel';
  return found.map(({ code }) => findings[code]).find((name) => name !== undefined) ?? null;
}
