import { describe, expect, it } from 'vitest';
import { serviceAway } from './service-away.ts';
import { testDiagnosis } from './test-diagnosis.ts';

const seen = (code: string) => ({
  code,
  severity: 'problem' as const,
  nodeId: null,
  message: 'G-Labs does not answer.',
  where: null,
  cure: null,
});

describe('the service a plan has to wait for', () => {
  it('is told by the verdict, or by what was seen when something else is worse', () => {
    expect(serviceAway(testDiagnosis({ verdict: 'tunnel down' }))).toBe('tunnel');
    const worse = testDiagnosis({
      verdict: 'cache corrupt',
      findings: [seen('url-gone'), seen('backend-down')],
    });
    expect(serviceAway(worse)).toBe('glabs');
    expect(serviceAway(testDiagnosis({ findings: [seen('url-gone')] }))).toBeNull();
  });
});
