import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { avatarSheet } from './sample/avatar.mjs';
import { people } from './sample/people.mjs';
import { productPicture } from './sample/product.mjs';
import { sampleWorkflows } from './sample/workflows.mjs';
import { root, say } from './setup/basics.mjs';

// node scripts/make-sample.mjs: writes the workflows and pictures of resources/sample-project, always the same.
// Its README.md is written by hand. What is there and right is left alone.

const SHEET_WIDTH = 1080;
const PRODUCT_WIDTH = 720;

/** @returns {Record<string, string>} text of every workflow, by its path in the sample project */
export const workflowFiles = () =>
  Object.fromEntries(
    Object.entries(sampleWorkflows()).map(([path, workflow]) => [
      path,
      `${JSON.stringify(workflow, null, 2)}\n`,
    ]),
  );

/** @returns {Promise<Record<string, Buffer>>} JPEG of every picture, by its path in the sample project */
export async function pictureFiles() {
  const folder = 'projects/may/xyz-wellness/reference';
  const drawings = [
    ...Object.entries(people).map(
      ([code, look]) =>
        /** @type {const} */ ([`avatar-sheets/account-${code}.jpg`, avatarSheet(look), SHEET_WIDTH]),
    ),
    /** @type {const} */ (['products/xyz-magnesium.jpg', productPicture(), PRODUCT_WIDTH]),
  ];
  const files = drawings.map(async ([path, svg, width]) => {
    const picture = sharp(Buffer.from(svg))
      .resize({ width })
      .jpeg({ quality: 88, chromaSubsampling: '4:4:4' });
    return /** @type {const} */ ([`${folder}/${path}`, await picture.toBuffer()]);
  });
  return Object.fromEntries(await Promise.all(files));
}

/**
 * The same picture to the eye. Another processor or another build of the codec may round the last bit elsewhere,
 * so bytes would be too much to ask of a picture; of a workflow they are not.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export async function looksTheSame(one, other) {
  const [a, b] = await Promise.all(
    [one, other].map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  if (a === undefined || b === undefined) return false;
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return false;
  const differences = Uint8Array.from(a.data, (value, at) => Math.abs(value - (b.data[at] ?? 0)));
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  return mean < 0.5 && differences.every((difference) => difference <= 24);
}

/** @param {string} sample folder of the sample project */
async function writeSample(sample) {
  /** @type {string[]} */
  const written = [];
  const write = (/** @type {string} */ path, /** @type {string | Buffer} */ content) => {
    mkdirSync(dirname(join(sample, path)), { recursive: true });
    writeFileSync(join(sample, path), content);
    written.push(path);
  };
  for (const [path, text] of Object.entries(workflowFiles())) {
    if (bytesOf(join(sample, path))?.toString('utf8') !== text) write(path, text);
  }
  for (const [path, jpeg] of Object.entries(await pictureFiles())) {
    const there = bytesOf(join(sample, path));
    if (there === null || !(await looksTheSame(there, jpeg))) write(path, jpeg);
  }
  say(written.length === 0 ? 'The sample project is as it should be.' : `Written: ${written.join(', ')}.`);
}

/** @param {string} path */
function bytesOf(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

if (process.argv[1] === import.meta.filename) await writeSample(join(root, 'resources', 'sample-project'));
