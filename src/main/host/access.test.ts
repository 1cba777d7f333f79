import { describe, expect, it } from 'vitest';
import { createAccess, isOurHost, isOwnOrigin } from './access.ts';

describe('access to the browser face', () => {
  const access = createAccess();
  const cookie = access.sessionCookie(8750);

  it('takes its own token and no other', () => {
    expect(access.isToken(access.token)).toBe(true);
    for (const wrong of [null, '', `${access.token}x`, access.token.slice(1), createAccess().token]) {
      expect(access.isToken(wrong)).toBe(false);
    }
  });

  it('gives a cookie that scripts and other sites cannot use, and that is not the token', () => {
    expect(cookie).toMatch(/^flowdeck-8750=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(access.token);
  });

  it('knows its session among the cookies of other Flowdecks', () => {
    const own = cookie.split(';')[0] ?? '';
    expect(access.isSession(own)).toBe(true);
    expect(access.isSession(`a=b; flowdeck-9000=other; ${own}`)).toBe(true);
    for (const wrong of [
      null,
      '',
      'flowdeck-8750=',
      `other=${own.split('=')[1]}`,
      `flowdeck-8750=${access.token}`,
    ]) {
      expect(access.isSession(wrong)).toBe(false);
    }
  });

  it.each([
    ['127.0.0.1:8750', true],
    ['localhost:8750', true],
    ['LOCALHOST', true],
    ['[::1]:8750', true],
    ['192.168.1.7:8750', true],
    ['deck.lan:8750', true],
    ['evil.example:8750', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['evil.example/127.0.0.1', false],
    ['127.0.0.1@evil.example', false],
    ['', false],
    [null, false],
  ])('host %s: %s', (host, ours) => {
    expect(isOurHost(host, 'deck.lan')).toBe(ours);
  });

  it.each([
    ['http://127.0.0.1:8750', '127.0.0.1:8750', true],
    ['http://localhost:8750', '127.0.0.1:8750', false],
    ['http://127.0.0.1:9000', '127.0.0.1:8750', false],
    ['https://evil.example', '127.0.0.1:8750', false],
    ['file://127.0.0.1:8750', '127.0.0.1:8750', false],
    ['null', '127.0.0.1:8750', false],
    [null, '127.0.0.1:8750', false],
  ])('origin %s at %s: %s', (origin, host, own) => {
    expect(isOwnOrigin(origin, host)).toBe(own);
  });
});
