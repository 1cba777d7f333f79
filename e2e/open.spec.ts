import { expect, test } from './fixtures/flowdeck.ts';

test.describe('the control room', { tag: '@window' }, () => {
  test('opens on its first screen, with the frame around it', async ({ controlRoom }) => {
    await expect(controlRoom.getByRole('navigation', { name: 'Screens' })).toBeVisible();
    await expect(controlRoom.getByRole('banner')).toContainText('G-Labs');
    await expect(controlRoom.getByRole('main')).toBeVisible();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    test(`holds nothing against accessibility in the ${colorScheme} theme`, async ({ controlRoom, axe }) => {
      await controlRoom.emulateMedia({ colorScheme });
      await expect(controlRoom.getByRole('main')).toBeVisible();
      expect(await axe()).toEqual([]);
    });
  }
});

test('the address without its token shows nothing but where to find it', async ({ served, page }) => {
  const address = new URL(served?.url ?? '');
  await page.goto(address.origin);
  await expect(page.getByRole('navigation', { name: 'Screens' })).toHaveCount(0);
  await expect(page.locator('body')).toContainText('token');
});

test('the token is gone from the address bar once it was used', async ({ controlRoom }) => {
  await expect(controlRoom.getByRole('main')).toBeVisible();
  expect(controlRoom.url()).not.toContain('token');
});
