/**
 * How a made-up person looks: colours as CSS, and the pieces that tell one from another.
 * @typedef {{ skin: string, shade: string, hair: string, lips: string, eyes: string, wall: string, hairCut: 'bob' | 'long' | 'crop' | 'quiff' | 'bun', beard?: boolean, glasses?: boolean }} Look
 */

const SHEET = { width: 1200, height: 720, panel: 400 };
const SHIRT = '#d9d6d0';
const SHIRT_SHADE = '#c3bfb7';

/**
 * An avatar reference sheet as the pipeline has them: front, three quarter, profile, plain shirt, even light.
 * A drawing, so that a sample needs nobody's photograph.
 * @param {Look} look
 * @returns {string} SVG of 1200 × 720
 */
export function avatarSheet(look) {
  const { width, height, panel } = SHEET;
  const panels = [front, threeQuarter, profile].map((draw, at) => {
    const wall = `<rect x="${at * panel}" width="${panel}" height="${height}" fill="url(#wall)"/>`;
    return `${wall}<g transform="translate(${at * panel + panel / 2} 330) scale(1.36)">${draw(look)}</g>`;
  });
  const seams = [1, 2].map(
    (at) => `<rect x="${at * panel - 3}" width="6" height="${height}" fill="#ffffff"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<defs>
<radialGradient id="wall" cx="50%" cy="38%" r="75%"><stop offset="0" stop-color="#ffffff" stop-opacity="0.55"/><stop offset="1" stop-color="#ffffff" stop-opacity="0"/></radialGradient>
<linearGradient id="skin" x1="0" y1="0" x2="1" y2="1"><stop offset="0.35" stop-color="${look.skin}"/><stop offset="1" stop-color="${look.shade}"/></linearGradient>
<linearGradient id="shirt" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${SHIRT}"/><stop offset="1" stop-color="${SHIRT_SHADE}"/></linearGradient>
</defs>
<rect width="${width}" height="${height}" fill="${look.wall}"/>
${panels.join('\n')}
${seams.join('')}
</svg>`;
}

/** @typedef {(look: Look) => string} Draw */

/** @type {Draw} */
function front(look) {
  const hair = frontHair[look.hairCut];
  return [
    group(look.hair, hair.behind),
    shoulders('M-196 330C-196 216-132 166-62 146L62 146C132 166 196 216 196 330Z'),
    neck(
      look,
      'M-38 70L-42 140C-38 176 38 176 42 140L38 70Z',
      'M-38 82C-20 118 20 118 38 82L39 102C20 130-20 130-39 102Z',
    ),
    ear(look, -73, -4),
    ear(look, 73, -4),
    skin('M-72-34C-76-124 76-124 72-34C74 28 50 76 26 96C12 107-12 107-26 96C-50 76-74 28-72-34Z'),
    look.beard
      ? beard(
          look,
          'M-72 10C-70 40-52 78-26 97C-12 108 12 108 26 97C52 78 70 40 72 10C66 30 52 40 36 40C22 32-22 32-36 40C-52 40-66 30-72 10Z',
        )
      : '',
    blush(look, -42, 34),
    blush(look, 42, 34),
    eye(look, -30, -2, 1),
    eye(look, 30, -2, 1),
    brow(look, 'M-46-24Q-31-33-15-25'),
    brow(look, 'M46-24Q31-33 15-25'),
    line(look, 'M5 4C4 16 12 26 10 31C6 36-4 36-8 32'),
    mouth(look, 0, 60, 1),
    look.glasses
      ? glasses(
          [
            [-30, 0, 24],
            [30, 0, 24],
          ],
          'M-6-2Q0-7 6-2M-54-3L-72-8M54-3L72-8',
        )
      : '',
    group(look.hair, hair.front),
  ].join('');
}

/** @type {Draw} */
function threeQuarter(look) {
  const hair = threeQuarterHair[look.hairCut];
  return [
    group(look.hair, hair.behind),
    shoulders('M-188 330C-190 220-132 170-66 146L52 146C118 166 168 220 170 330Z'),
    neck(
      look,
      'M-46 66L-50 140C-44 176 32 176 38 142L34 80Z',
      'M-46 72C-16 118 22 118 34 92L34 108C20 132-20 128-46 96Z',
    ),
    skin(
      'M-70-30C-76-126 70-130 74-40C74-26 70-18 71-8C74 12 72 34 66 56C58 86 44 104 24 104C2 104-30 86-46 56C-56 36-68 8-70-30Z',
    ),
    ear(look, -62, 0),
    look.beard
      ? beard(
          look,
          'M-60 10C-54 46-30 84 0 99C10 104 18 105 26 104C44 103 58 86 66 56C69 44 71 32 71 22C64 34 58 38 52 38C40 32 14 33 4 41C-20 44-46 36-60 10Z',
        )
      : '',
    blush(look, -14, 36),
    eye(look, 0, -2, 1),
    eye(look, 50, -3, 0.8),
    brow(look, 'M-18-23Q-2-33 14-25'),
    brow(look, 'M36-26Q50-33 64-25'),
    line(look, 'M34-2C34 10 46 24 42 31C38 36 28 36 24 31'),
    mouth(look, 31, 60, 0.86),
    look.glasses
      ? glasses(
          [
            [0, 0, 24],
            [51, -1, 19],
          ],
          'M24-3Q28-7 32-4M-24-3L-62-6',
        )
      : '',
    group(look.hair, hair.front),
  ].join('');
}

/** @type {Draw} */
function profile(look) {
  const hair = profileHair[look.hairCut];
  return [
    group(look.hair, hair.behind),
    shoulders('M-150 330C-154 226-116 172-62 146L36 150C92 172 120 232 122 330Z'),
    neck(
      look,
      'M-78-10C-72 30-64 60-62 140C-54 174 26 178 36 148L30 84Z',
      'M-30 64C-8 92 14 98 30 90L31 110C12 116-20 102-40 66Z',
    ),
    skin(
      'M-84-30C-90-126 44-136 62-62C65-48 63-38 65-28C68-14 82 8 88 20C90 29 78 32 71 35C70 40 78 46 76 52C74 56 72 57 73 60C75 66 70 70 67 73C68 80 72 92 62 100C48 108 16 98-4 82C-40 74-80 30-84-30Z',
    ),
    look.beard
      ? beard(
          look,
          'M-26 4C-24 40-16 66-4 82C16 98 48 108 62 100C72 92 68 80 67 73C62 70 54 66 50 60C56 52 64 46 72 43C70 40 70 38 70 35C62 34 46 38 36 46C14 48-10 36-26 4Z',
        )
      : '',
    ear(look, -18, 0, 1.15),
    blush(look, 34, 36),
    sideEye(look, 48, -4),
    brow(look, 'M36-25Q48-33 62-25'),
    line(look, 'M72 29C68 31 65 27 66 22'),
    sideMouth(look),
    look.glasses ? glasses([[54, -2, 17]], 'M36-4L-16-8') : '',
    group(look.hair, hair.front),
  ].join('');
}

/** @type {Record<Look['hairCut'], { behind: string, front: string }>} */
const frontHair = {
  bob: {
    behind:
      'M0-128C-104-128-112-30-108 40C-106 84-92 112-66 112L66 112C92 112 106 84 108 40C112-30 104-128 0-128Z',
    front:
      'M-24-98C-62-92-82-46-76 36C-92 6-98-44-84-80C-64-126 64-134 88-76C98-40 90 10 76 36C78-24 48-70-24-98Z',
  },
  long: {
    behind:
      'M0-126C-110-126-104-20-112 60C-116 130-124 190-104 216C-70 214-56 180-50 150L50 150C56 180 70 214 104 216C124 190 116 130 112 60C104-20 110-126 0-126Z',
    front:
      'M0-96C-44-84-74-44-78 40C-94-10-96-84-52-112C-20-130 30-130 58-110C96-82 94-10 78 40C74-44 44-84 0-96Z',
  },
  crop: {
    behind: '',
    front:
      'M-75-14C-84-70-70-116 0-118C70-116 84-70 75-14C72-34 68-52 58-66C30-78-30-78-58-66C-68-52-72-34-75-14Z',
  },
  quiff: {
    behind: '',
    front:
      'M-74-10C-82-44-82-78-62-98C-50-126-4-144 44-130C78-120 88-70 74-10C70-34 64-54 50-68C24-60-30-62-50-76C-62-58-70-34-74-10Z',
  },
  bun: {
    behind: 'M-38-128C-40-172 40-172 38-128C86-112 88-50 82 0L-82 0C-88-50-86-112-38-128Z',
    front: 'M0-98C-40-92-68-56-75 6C-88-56-70-120 0-122C70-120 88-56 75 6C68-56 40-92 0-98Z',
  },
};

/** @type {Record<Look['hairCut'], { behind: string, front: string }>} */
const threeQuarterHair = {
  bob: {
    behind:
      'M-6-128C-108-130-118-30-112 44C-110 88-96 114-66 114L46 112C72 100 84 60 84 20C94-60 78-128-6-128Z',
    front:
      'M16-98C-26-84-44-38-48 34C-52 70-60 96-74 108C-104 96-112 20-100-50C-84-128 64-142 84-66C90-44 86-20 78 4C76-38 58-74 16-98Z',
  },
  long: {
    behind:
      'M-8-126C-112-128-112-20-118 60C-122 130-134 190-112 218C-74 218-56 186-48 150L52 150C60 176 72 196 92 198C100 160 92 110 88 40C90-40 86-126-8-126Z',
    front:
      'M36-98C-10-88-40-40-46 40C-52 90-52 150-62 196C-100 190-104 60-98-20C-94-90-40-132 10-130C60-126 88-90 80-10C74-50 60-84 36-98Z',
  },
  crop: {
    behind: '',
    front:
      'M-54-6C-58 2-64 2-70-6C-86-70-66-120 2-122C66-122 86-78 75-24C72-46 66-60 54-70C22-78-16-72-38-58C-48-44-52-24-54-6Z',
  },
  quiff: {
    behind: '',
    front:
      'M-52-4C-56 2-64 2-70-6C-86-60-76-112-30-124C10-146 72-140 84-104C90-80 82-50 76-26C74-44 68-58 58-70C26-60-20-60-40-64C-48-44-50-24-52-4Z',
  },
  bun: {
    behind: 'M-66-104C-106-150-60-178-24-138C60-140 74-60 70 0L-76 10C-92-40-86-84-66-104Z',
    front:
      'M38-100C-6-94-44-50-54 0C-58 8-66 6-70-4C-88-66-66-122 2-124C64-124 84-84 76-26C70-60 58-88 38-100Z',
  },
};

/** @type {Record<Look['hairCut'], { behind: string, front: string }>} */
const profileHair = {
  bob: {
    behind: 'M-14-130C-116-132-134-30-124 44C-120 92-96 116-56 114L-24 112L-20 0Z',
    front:
      'M62-64C40-84 22-78 10-66C-4-40 8-6 0 40C-4 80-20 108-44 114C-104 110-122 50-116-24C-108-100-50-134 4-130C44-126 62-98 62-64Z',
  },
  long: {
    behind: 'M-16-128C-120-130-128-20-132 60C-134 130-150 196-126 220C-78 222-50 190-44 140L-20 0Z',
    front:
      'M62-62C48-88 26-84 12-70C-8-44 0 0-4 50C-10 110-30 170-56 204C-112 200-118 60-112-24C-104-100-50-134 4-130C44-126 62-98 62-62Z',
  },
  crop: {
    behind: '',
    front:
      'M61-66C50-78 34-76 20-72C6-66 2-50 0-26C-6-24-12-24-16-20C-30-26-36-6-30 10C-38 30-58 34-68 18C-98-40-92-118-14-122C32-124 60-96 61-66Z',
  },
  quiff: {
    behind: '',
    front:
      'M66-70C52-72 34-70 18-66C4-60 2-46 0-26C-6-24-12-24-16-20C-30-26-36-6-30 10C-38 28-58 30-68 14C-98-44-88-114-26-124C14-148 78-136 80-104C80-90 74-76 66-70Z',
  },
  bun: {
    behind: 'M-66-84C-128-118-140-48-92-32Z',
    front:
      'M62-64C48-84 30-78 16-62C6-44 4-30-2-26C-16-30-30-18-30 0C-40 24-62 24-76 8C-100-50-88-118-14-124C36-126 60-98 62-64Z',
  },
};

/** @type {(colour: string, path: string) => string} */
function group(colour, path) {
  if (path === '') return '';
  const sheen = `<path d="${path}" fill="#ffffff" opacity="0.06" transform="translate(5 6) scale(0.94)"/>`;
  return `<path d="${path}" fill="${colour}"/>${sheen}`;
}

const shoulders = (/** @type {string} */ path) => `<path d="${path}" fill="url(#shirt)"/>`;
const skin = (/** @type {string} */ path) => `<path d="${path}" fill="url(#skin)"/>`;

/** @type {(look: Look, path: string, shadow: string) => string} */
const neck = (look, path, shadow) =>
  `<path d="${path}" fill="${look.skin}"/><path d="${shadow}" fill="${look.shade}"/>`;

/** @type {(look: Look, x: number, y: number, size?: number) => string} */
const ear = (look, x, y, size = 1) =>
  `<ellipse cx="${x}" cy="${y}" rx="${12 * size}" ry="${19 * size}" fill="${look.skin}"/><ellipse cx="${x}" cy="${y}" rx="${6 * size}" ry="${11 * size}" fill="${look.shade}"/>`;

/** @type {(look: Look, path: string) => string} */
const beard = (look, path) => `<path d="${path}" fill="${look.hair}" opacity="0.85"/>`;

/** @type {(look: Look, x: number, y: number) => string} */
const blush = (look, x, y) =>
  `<ellipse cx="${x}" cy="${y}" rx="17" ry="11" fill="${look.lips}" opacity="0.16"/>`;

/** @type {(look: Look, x: number, y: number, width: number) => string} */
const eye = (look, x, y, width) =>
  `<g transform="translate(${x} ${y}) scale(${width} 1)"><path d="M-15 1Q0-12 15 1Q0 10-15 1Z" fill="#fbf8f4"/><circle r="7.2" cy="-1" fill="${look.eyes}"/><circle r="3.6" cy="-1" fill="#1d1512"/><circle r="1.8" cx="2.4" cy="-3.6" fill="#ffffff"/><path d="M-16 1Q0-13 16 0" fill="none" stroke="#2c211c" stroke-width="3" stroke-linecap="round"/></g>`;

/** @type {(look: Look, x: number, y: number) => string} */
const sideEye = (look, x, y) =>
  `<g transform="translate(${x} ${y})"><path d="M-6 2Q4-9 11-3Q9 6-6 2Z" fill="#fbf8f4"/><ellipse rx="4" ry="6" cx="6" cy="-1" fill="${look.eyes}"/><ellipse rx="2" ry="3.2" cx="7" cy="-1" fill="#1d1512"/><path d="M-8 2Q2-11 13-4" fill="none" stroke="#2c211c" stroke-width="3" stroke-linecap="round"/></g>`;

/** @type {(look: Look, path: string) => string} */
const brow = (look, path) =>
  `<path d="${path}" fill="none" stroke="${look.hair}" stroke-width="5.5" stroke-linecap="round"/>`;

/** @type {(look: Look, path: string) => string} */
const line = (look, path) =>
  `<path d="${path}" fill="none" stroke="${look.shade}" stroke-width="3.4" stroke-linecap="round"/>`;

/** @type {(look: Look, x: number, y: number, width: number) => string} */
const mouth = (look, x, y, width) =>
  `<g transform="translate(${x} ${y}) scale(${width} 1)"><path d="M-25 0C-16-8-6-10 0-6C6-10 16-8 25 0C16 5-16 5-25 0Z" fill="${look.lips}"/><path d="M-25 0C-14 18 14 18 25 0C14 5-14 5-25 0Z" fill="${look.lips}" opacity="0.78"/><path d="M-25 0C-14 5 14 5 25 0" fill="none" stroke="#5a2a24" stroke-opacity="0.55" stroke-width="2" stroke-linecap="round"/></g>`;

/** @type {(look: Look) => string} */
const sideMouth = (look) =>
  `<path d="M74 44C66 46 58 50 50 57C60 58 68 58 73 57Z" fill="${look.lips}"/><path d="M73 58C66 60 58 60 50 57C56 66 66 70 70 69C74 66 74 62 73 58Z" fill="${look.lips}" opacity="0.78"/>`;

/** @type {(lenses: [x: number, y: number, r: number][], bridge: string) => string} */
const glasses = (lenses, bridge) => {
  const rims = lenses.map(
    ([x, y, r]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="#ffffff" fill-opacity="0.14"/>`,
  );
  return `<g fill="none" stroke="#3a2d28" stroke-width="3.4" stroke-linecap="round">${rims.join('')}<path d="${bridge}"/></g>`;
};
