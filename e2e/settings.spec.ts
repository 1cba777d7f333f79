import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { test as base, expect } from './fixtures/flowdeck.ts';

const test = base.extend<{ storage: Page }>({
  storage: async ({ controlRoom }, use) => {
    await controlRoom
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: /Settings/ })
      .click();
    await controlRoom.getByRole('searchbox', { name: 'Search settings' }).fill('storage.');
    await use(controlRoom);
  },
});
test.use({ glabs: 'light' });

const card = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

const storesIn = async (dataDir: string): Promise<Record<string, unknown> | undefined> =>
  JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8'))['storage.stores'];

test('the folder every run can use is tried, step by step', async ({ storage, dataDir, axe }) => {
  const local = card(storage, 'local');
  await expect(local.getByRole('radio', { name: 'Runs use local' })).toBeChecked();
  await expect(local.getByRole('button', { name: 'Take out local' })).toHaveCount(0);
  await local.getByRole('button', { name: 'Test local' }).click();
  await expect(local.getByRole('status')).toContainText('It takes what a run would send.');
  await expect(local.getByRole('status')).toContainText('was written');
  await expect(local.getByRole('status')).toContainText('It is found again');
  expect(await readdir(join(dataDir, 'objects/flowdeck-test'))).toHaveLength(1);
  for (const colorScheme of ['dark', 'light'] as const) {
    await storage.emulateMedia({ colorScheme });
    expect(await axe()).toEqual([]);
  }
});

test.describe('a bucket', () => {
  test('is asked for by a form that says what is wrong, is used by default, and goes', async ({
    storage,
    dataDir,
    axe,
  }) => {
    await storage.getByRole('button', { name: 'Add a store' }).click();
    const dialog = storage.getByRole('dialog', { name: 'Add a store' });
    const field = (name: string) => dialog.getByRole('textbox', { name, exact: true });
    await field('Name').fill('r2');
    await expect(dialog).toContainText('flowdeck config set-secret storage.r2.secretAccessKey');
    await field('Endpoint').fill('ftp://127.0.0.1');
    await field('Bucket').fill('ads');
    await field('Public address of the bucket').fill('https://cdn.example.com');
    await field('Access key ID').fill('AKID');
    await field('Access key ID').press('Enter');
    await expect(field('Endpoint')).toHaveAccessibleDescription('Write an http or https address.');
    await expect(field('Endpoint')).toBeFocused();
    await expect(field('Bucket')).toHaveAccessibleDescription('It must exist.');
    for (const colorScheme of ['dark', 'light'] as const) {
      await storage.emulateMedia({ colorScheme });
      expect(await axe()).toEqual([]);
    }
    expect(await storesIn(dataDir)).toBeUndefined();
    await field('Endpoint').fill('http://127.0.0.1:9');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    const r2 = { kind: 's3', endpoint: 'http://127.0.0.1:9', bucket: 'ads', region: 'auto', pathStyle: true };
    await expect.poll(() => storesIn(dataDir)).toMatchObject({ local: { kind: 'local' }, r2 });

    const added = card(storage, 'r2');
    await added.getByRole('button', { name: 'Test r2' }).click();
    await expect(added.getByRole('status')).toContainText('The store "r2" has no secret key here.');
    await added.getByRole('button', { name: 'Change r2' }).click();
    const change = storage.getByRole('dialog', { name: 'Store r2' });
    await expect(change.getByRole('textbox', { name: 'Endpoint' })).toHaveValue('http://127.0.0.1:9');
    await change.getByRole('textbox', { name: 'Region' }).fill('eu-north-1');
    await change.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => storesIn(dataDir)).toMatchObject({ r2: { region: 'eu-north-1' } });
    // What the test said was of the store as it was.
    await expect(added.getByRole('status')).toBeEmpty();

    // The one that runs use stays; another one goes, and can be had back.
    const remove = added.getByRole('button', { name: 'Take out r2' });
    await added.getByRole('radio').check();
    await expect(remove).toHaveCount(0);
    await card(storage, 'local').getByRole('radio').check();
    await remove.press('Enter');
    await expect(added).toHaveCount(0);
    await expect(storage.getByRole('button', { name: 'Add a store' })).toBeFocused();
    expect(await storesIn(dataDir)).toBeUndefined();
    await storage.getByRole('button', { name: 'Undo' }).click();
    await expect(added).toBeVisible();
    expect(await storesIn(dataDir)).toMatchObject({ r2: { region: 'eu-north-1' } });
  });

  const secret = 'FLOWDECK_STORAGE_AWAY_SECRET';
  test.describe('at an address where nobody listens', () => {
    test.use({
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from here.
      settings: async ({}, use) => {
        // No free port, which a program of another test may be given: this one is given to nobody.
        const address = 'http://127.0.0.1:9';
        const away = {
          kind: 's3',
          endpoint: address,
          bucket: 'ads',
          publicBaseUrl: address,
          accessKeyId: 'AKID',
        };
        process.env[secret] = 'notARealOne';
        await use({ 'storage.stores': { local: { kind: 'local' }, away }, 'storage.default': 'gone' });
        delete process.env[secret];
      },
    });

    test('says so when it is tried, and what to do', async ({ storage }) => {
      await expect(storage.getByText('Runs use gone, which is not here.')).toBeVisible();
      const away = card(storage, 'away');
      await away.getByRole('button', { name: 'Test away' }).click();
      await expect(away.getByRole('status')).toContainText('nobody listens at its address');
      await expect(away.getByRole('status')).toContainText('its address is right in the settings');
      await card(storage, 'local').getByRole('radio').check();
      await expect(storage.getByText('Runs use gone')).toHaveCount(0);
    });
  });
});

test.describe('who is told the address of the tunnel', () => {
  const consumersIn = async (dataDir: string): Promise<unknown> =>
    JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8'))['tunnel.consumers'];

  test('is added by a form for its kind, changed, taken out and had back', async ({
    storage: page,
    dataDir,
    axe,
  }) => {
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('tunnel.');
    await page.getByRole('button', { name: 'Add who is told' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add who is told' });
    const field = (name: string) => dialog.getByRole('textbox', { name, exact: true });
    await field('File').fill('ads/.env');
    await field('File').press('Enter');
    await expect(field('File')).toHaveAccessibleDescription('Write the whole path of the file.');
    await expect(field('File')).toBeFocused();
    await expect(field('Name')).toHaveAccessibleDescription(/equals sign/);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axe()).toEqual([]);
    }
    await field('File').fill('/ads/.env');
    await field('Name').fill('GLABS_URL');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    const env = { kind: 'env-file', path: '/ads/.env', key: 'GLABS_URL' };
    await expect.poll(() => consumersIn(dataDir)).toEqual([env]);

    await page.getByRole('button', { name: 'Add who is told' }).click();
    await dialog.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'webhook' }).click();
    await field('Address').fill('https://me:secret@hook.example.com/secret?key=secret');
    await field('Address').press('Enter');
    await expect(dialog).toHaveCount(0);
    const table = page.getByRole('table', { name: 'Who is told the address of the tunnel' });
    await expect(table).toContainText('hook.example.com');
    await expect(table).not.toContainText('secret');

    await page.getByRole('button', { name: 'Change GLABS_URL in /ads/.env' }).click();
    const change = page.getByRole('dialog', { name: 'Change a .env file' });
    await change.getByRole('textbox', { name: 'Name' }).fill('SERVER');
    await change.getByRole('button', { name: 'Save' }).click();
    const changed = { ...env, key: 'SERVER' };
    await expect.poll(() => consumersIn(dataDir)).toMatchObject([changed, { kind: 'webhook' }]);

    await page.getByRole('button', { name: 'Take out SERVER in /ads/.env' }).press('Enter');
    await expect(table.getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('button', { name: 'Add who is told' })).toBeFocused();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => consumersIn(dataDir)).toMatchObject([changed, { kind: 'webhook' }]);
  });

  test('and which tunnel there is has a word on each way', async ({ storage: page, dataDir }) => {
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('tunnel.mode');
    await page.getByRole('combobox', { name: 'tunnel.mode' }).click();
    await page.getByRole('option', { name: 'named: a tunnel of yours, by its token' }).click();
    await expect
      .poll(async () => JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8'))['tunnel.mode'])
      .toBe('named');
  });
});
