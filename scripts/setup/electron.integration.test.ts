import { describe, expect, it } from 'vitest';
import { ensureElectron } from './electron.mjs';

describe('Electron', () => {
  it('is not even looked for where it could not show a window', async () => {
    expect(await ensureElectron({ env: {}, platform: 'linux', uid: 1000 })).toEqual({
      reason: 'there is no display',
    });
    expect(await ensureElectron({ env: { DISPLAY: ':0' }, platform: 'linux', uid: 0 })).toEqual({
      reason: 'Electron does not run as root',
    });
  });
});
