import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resultUrl } from './result-url.ts';

const tunnel = 'https://odd-words.trycloudflare.com';

describe('the address of a result', () => {
  test.each([
    ['http://127.0.0.1:8765/api/files/image_001.png', `${tunnel}/api/files/image_001.png`],
    ['http://localhost:8765/api/files/a%20b.png?x=1', `${tunnel}/api/files/a%20b.png?x=1`],
    ['http://192.168.1.20:8765/out/a.png', `${tunnel}/out/a.png`],
    ['http://100.77.1.2:8765/out/a.png', `${tunnel}/out/a.png`],
    ['http://STUDIO-PC:8765/out/a.png', `${tunnel}/out/a.png`],
    ['http://[::1]:8765/out/a.png', `${tunnel}/out/a.png`],
    ['https://yesterday.trycloudflare.com/api/files/a.png', `${tunnel}/api/files/a.png`],
    ['/api/files/a.png', `${tunnel}/api/files/a.png`],
    ['image_001.png', `${tunnel}/api/files/image_001.png`],
  ])('%s is fetched at the base in use', (url, fetched) => {
    expect(resultUrl(url, tunnel)).toBe(fetched);
  });

  test('a third party keeps its address', () => {
    const url = 'https://storage.googleapis.com/bucket/clip.mp4?sig=1';
    expect(resultUrl(url, tunnel)).toBe(url);
  });

  test('a base with a path keeps it, once', () => {
    const base = 'https://host.example/glabs';
    const once = resultUrl('http://127.0.0.1:8765/api/files/a.png', base);
    expect(once).toBe('https://host.example/glabs/api/files/a.png');
    expect(resultUrl('http://127.0.0.1:8765/glabs/api/files/a.png', base)).toBe(once);
  });

  test.each(['file:///etc/passwd', 'ftp://host/x', 'javascript:alert(1)', '//evil.example/x', 'http://'])(
    '%s cannot be fetched',
    (url) => {
      expect(resultUrl(url, tunnel)).toBeNull();
    },
  );

  test('whatever comes, it is null or an http address, and a second look changes nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.webPath()),
        (url) => {
          const once = resultUrl(url, tunnel);
          if (once === null) return;
          expect(new URL(once).protocol).toMatch(/^https?:$/);
          expect(resultUrl(once, tunnel)).toBe(once);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
