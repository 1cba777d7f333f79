import { describe, expect, it } from 'vitest';
import { chooseServer } from './run-server.ts';

const choice = {
  asked: undefined,
  setting: 'local',
  supervised: null,
  configured: 'http://127.0.0.1:8765/',
};

describe('the backend of a run', () => {
  it('is what the run asks for, else the setting, else the supervised one, else the configured one', () => {
    expect(chooseServer(choice)).toBe('http://127.0.0.1:8765');
    expect(chooseServer({ ...choice, supervised: 'http://127.0.0.1:9999' })).toBe('http://127.0.0.1:9999');
    const set = { ...choice, supervised: 'http://127.0.0.1:9999', setting: 'https://far.example/g//' };
    expect(chooseServer(set)).toBe('https://far.example/g');
    expect(chooseServer({ ...set, asked: 'http://asked:1' })).toBe('http://asked:1');
    expect(chooseServer({ ...set, asked: 'local' })).toBe('http://127.0.0.1:9999');
  });

  it.each(['ftp://x', 'nonsense', '', 'http://', 'file:///etc'])('cannot be %s', (asked) => {
    expect(() => chooseServer({ ...choice, asked })).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'usage', where: '--server' }) }),
    );
  });

  it('is reached through the tunnel when the setting or the run says so', () => {
    expect(chooseServer({ ...choice, setting: 'tunnel' })).toBe('tunnel');
    expect(chooseServer({ ...choice, asked: 'tunnel' })).toBe('tunnel');
    expect(chooseServer({ ...choice, setting: 'tunnel', asked: 'local' })).toBe('http://127.0.0.1:8765');
  });
});
