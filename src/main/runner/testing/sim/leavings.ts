import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../../../platform/media.ts';
import {
  addressesIn,
  type Document,
  parseDocument,
  propertiesOf,
  readDocument,
  withoutOurs,
} from './document.ts';
import { isWholeMedia } from './media.ts';
import type { Person } from './person.ts';
import type { Site } from './site.ts';

const PER_ROW = 4;

/** Whether all is as it should be on the disk and in the store when everything is done. Gives what is wrong, in words. */
export function wrongLeavings(site: Site, person: Person): string[] {
  const document = readDocument(site);
  return [
    ...site.shape.generation.flatMap((nodeId) => wrongOutputs(site, document, nodeId)),
    ...wrongGiven(site, document, person),
    ...wrongGalleries(site, document),
    ...wrongFiles(site),
    ...site.locks.held().map((file) => `${file} is still locked`),
    ...(isDeepStrictEqual(withoutOurs(document), withoutOurs(person.wanted()))
      ? []
      : ['the file lacks what a person saved, or has what nobody wrote']),
  ];
}

const isClip = (nodeId: number): boolean => nodeId >= 60;
const cacheOf = (nodeId: number) => (isClip(nodeId) ? '_savedClips' : '_savedImages');
/** As shape.ts has them. */
const sceneOf = (nodeId: number) => (nodeId === 11 ? 'scene02' : 'scene01');

function wrongOutputs(site: Site, document: Document, nodeId: number): string[] {
  const urls = addressesIn(document, nodeId, cacheOf(nodeId));
  const promptId = isClip(nodeId) ? 30 : nodeId + 10;
  const rows = addressesIn(document, promptId, 'dynamicRows').length || 1;
  const wrong: string[] = [];
  if (urls.length !== rows * PER_ROW || urls.includes(''))
    wrong.push(`node ${nodeId} has ${urls.filter((url) => url !== '').length} of ${rows * PER_ROW} outputs`);
  if (new Set(urls).size < urls.length) wrong.push(`node ${nodeId} has an output twice`);
  for (const url of urls) {
    if (site.given.has(url) || url === '') continue;
    const bytes = site.store.at(url);
    if (bytes === null || !isWholeMedia(bytes)) {
      wrong.push(
        `the output ${url} of node ${nodeId} is ${bytes === null ? 'not in the store' : 'not whole'}`,
      );
      continue;
    }
    const named = new RegExp(
      `/SIM1/V0-1/${sceneOf(nodeId)}(-row\\d)?-c\\d-${sha256(bytes).slice(0, 12)}\\.${isClip(nodeId) ? 'mp4' : 'png'}$`,
    );
    if (!named.test(url)) wrong.push(`the output ${url} of node ${nodeId} is not named for its place`);
    const object = site.database.db.objects.byUrl(url);
    const file = object === null ? undefined : site.disk.files.get(object.file);
    if (!file || sha256(file.bytes) !== sha256(bytes))
      wrong.push(`${url} is not on this machine as the books say`);
  }
  return wrong;
}

/** What another tool made is good as long as nobody wants it otherwise. */
function wrongGiven(site: Site, document: Document, person: Person): string[] {
  const before = parseDocument(site.shape.text);
  return site.shape.generation.flatMap((nodeId) => {
    const sameModel = propertiesOf(before, nodeId).model === 'nano_banana_2';
    if (!sameModel || person.changedPrompts() || person.rerollsOf(nodeId) > 0) return [];
    const now = new Set(addressesIn(document, nodeId, cacheOf(nodeId)));
    const gone = addressesIn(before, nodeId, cacheOf(nodeId)).filter((url) => !now.has(url));
    return gone.map((url) => `${url} of node ${nodeId} was there and good, and is not in the file any more`);
  });
}

/** A gate shows what the node above it has. */
function wrongGalleries(site: Site, document: Document): string[] {
  return site.shape.gates.flatMap((gate) => {
    const shown = addressesIn(document, gate, 'candidates');
    const above = addressesIn(document, 10, cacheOf(10));
    const makes = above.some((url) => !site.given.has(url));
    const pick = propertiesOf(document, gate).approvedIndex;
    return [
      ...(makes && !isDeepStrictEqual(shown, above) ? [`gate ${gate} does not show what node 10 has`] : []),
      ...(typeof pick === 'number' && pick >= above.length
        ? [`the pick of gate ${gate} points at nothing`]
        : []),
    ];
  });
}

function wrongFiles({ disk, workflow }: Site): string[] {
  const wrong: string[] = [];
  for (const [path, { bytes }] of disk.files) {
    if (path.endsWith('.tmp')) wrong.push(`${path} was left behind`);
    else if (path.startsWith('/project/Assets/') && !isWholeMedia(bytes)) wrong.push(`${path} is not whole`);
    else if (path.endsWith('errors.json')) {
      const entries: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
      if (JSON.stringify(entries).includes(workflow)) wrong.push('errors.json has errors, and all is done');
    } else if (/-generated-.*\.nbflow$/.test(path)) JSON.parse(Buffer.from(bytes).toString('utf8'));
  }
  return wrong;
}
