import {
  CLIP_TEMPLATE,
  eightScenes,
  fanOut,
  firstTry,
  outfits,
  picturePrompt,
  WARDROBE_TEMPLATE,
} from './words.mjs';

/**
 * @typedef {import('./words.mjs').Scene} Scene
 * @typedef {{ name: string, type: string, link: number | null }} Input
 * @typedef {{ id: number, type: string, title: string, pos: [number, number], size: [number, number], inputs: Input[], outputs: [{ name: string, type: string, links: number[] }], properties: Record<string, unknown> }} Node
 * @typedef {'media' | 'rows' | 'template' | 'image' | 'pick' | 'video' | 'clip'} Stage
 */

/** Pictures of the sample, as a Media node names them: from the workflow's folder. */
export const pictures = {
  sheet: (/** @type {string} */ code) => `../reference/avatar-sheets/account-${code.toLowerCase()}.jpg`,
  product: '../reference/products/xyz-magnesium.jpg',
};

/** Node and link ids of tab N begin behind N × 100000, so that they are unique in the file. */
const TAB_STEP = 100_000;
const FIRST_LINK = 501;
const COLUMN_WIDTH = 340;
const SCENE_HEIGHT = 660;
/** @type {Record<Stage, { type: string, column: number, size: [number, number] }>} */
const stages = {
  media: { type: 'nanobanana/Media', column: 0, size: [220, 180] },
  rows: { type: 'nanobanana/Prompt', column: 1, size: [280, 150] },
  template: { type: 'nanobanana/Prompt', column: 2, size: [280, 150] },
  image: { type: 'nanobanana/NanobananaAPI', column: 3, size: [260, 200] },
  pick: { type: 'Approve', column: 4, size: [240, 220] },
  video: { type: 'nanobanana/Veo3', column: 5, size: [260, 200] },
  clip: { type: 'Approve', column: 6, size: [240, 220] },
};

/**
 * The sample's workflows, by their path in the sample project.
 * @returns {Record<string, unknown>}
 */
export function sampleWorkflows() {
  const folder = 'projects/may/xyz-wellness';
  const accounts = /** @type {const} */ (['a', 'b', 'c', 'd', 'e']);
  return {
    [`${folder}/testing/XYZG3-V0-1.nbflow`]: workflow('XYZG3-V0-1', [tab('A', 0, firstTry)]),
    [`${folder}/testing/XYZS2-V0-1.nbflow`]: workflow('XYZS2-V0-1', [tab('A', 0, eightScenes)]),
    [`${folder}/approved/XYZS1-V1.nbflow`]: workflow(
      'XYZS1-V1',
      accounts.map((code, at) => tab(code.toUpperCase(), at, fanOut, outfits[code])),
    ),
  };
}

const workflow = (/** @type {string} */ name, /** @type {unknown[]} */ tabs) => ({ name, tabs });

/**
 * One account: its avatar sheet, the product, and for each scene
 * rows → template → image → gate → video → gate.
 * @param {string} code of the account
 * @param {number} at index of the tab
 * @param {readonly Scene[]} scenes
 * @param {readonly string[]} [wardrobe] of this account, scene by scene, where the scenes name none
 */
function tab(code, at, scenes, wardrobe) {
  const graph = createGraph(at);
  const sheet = graph.add('media', 0, 0, `${code} avatar sheet`, [], { imageUrl: pictures.sheet(code) });
  const product = graph.add('media', 0, 240, `${code} product`, [], { imageUrl: pictures.product });
  for (const [index, scene] of scenes.entries()) {
    const number = String(index + 1).padStart(2, '0');
    const title = `${code} Scene ${number}`;
    const rows = (/** @type {number} */ y, /** @type {string} */ name, /** @type {string} */ row) =>
      graph.add(
        'rows',
        index,
        y,
        `${title} ${name}`,
        [],
        {
          mode: 'dynamic',
          variableName: name,
          dynamicRows: [row],
        },
        'string',
      );
    const template = (
      /** @type {number} */ y,
      /** @type {string} */ name,
      /** @type {string} */ text,
      /** @type {Record<string, Node>} */ feeds,
    ) => {
      const node = graph.add(
        'template',
        index,
        y,
        name,
        Object.keys(feeds).map((slot) => [slot, 'string']),
        { mode: 'template', text },
        'string',
      );
      for (const [slot, from] of Object.entries(feeds)) graph.link(from, node, slot);
      return node;
    };

    const outfit = wardrobe?.[index];
    const prompt = template(
      0,
      `${title} template`,
      outfit === undefined ? '{scene}' : WARDROBE_TEMPLATE,
      outfit === undefined
        ? { scene: rows(0, 'scene', picturePrompt(scene)) }
        : {
            scene: rows(0, 'scene', picturePrompt(scene, { wardrobe: null })),
            wardrobe: rows(160, 'wardrobe', outfit),
          },
    );
    const image = graph.add(
      'image',
      index,
      0,
      `Scene ${number} — image gen`,
      [
        ['prompt', 'string'],
        ['image 1', '*'],
        ['image 2', '*'],
      ],
      {
        model: 'nano_banana_2',
        outputCount: 4,
        aspectRatio: '9:16',
        _savedImages: [],
        timeout: 300,
      },
    );
    graph.link(prompt, image, 'prompt');
    graph.link(sheet, image, 'image 1');
    if (scene.product) graph.link(product, image, 'image 2');

    const gate = (
      /** @type {'pick' | 'clip'} */ stage,
      /** @type {string} */ name,
      /** @type {Node} */ from,
    ) => {
      const node = graph.add(stage, index, 0, name, [['input', '*']], {
        candidates: [],
        approvedIndex: null,
      });
      graph.link(from, node, 'input');
      return node;
    };
    const pick = gate('pick', `Scene ${number} pick`, image);

    const motion = template(400, `${title} video template`, CLIP_TEMPLATE, {
      pose: rows(480, 'pose', scene.pose),
      dialogue: rows(320, 'dialogue', scene.dialogue),
    });
    const video = graph.add(
      'video',
      index,
      0,
      `Scene ${number} — video gen`,
      [
        ['prompt', 'string'],
        ['start frame', '*'],
        ['end frame', '*'],
      ],
      {
        model: 'veo_31_fast',
        negativePrompt: '',
        outputCount: 4,
        aspectRatio: '9:16',
        _savedClips: [],
        timeout: 900,
      },
    );
    graph.link(motion, video, 'prompt');
    graph.link(pick, video, 'start frame');
    gate('clip', `Scene ${number} clip pick`, video);
  }
  return { name: `Account ${code}`, graphData: { nodes: graph.nodes, links: graph.links } };
}

/**
 * Nodes and links of one tab. A link stands in the table and in the copies of both its nodes.
 * @param {number} at index of the tab
 */
function createGraph(at) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {[number, number, number, number, number, string][]} */
  const links = [];
  return {
    nodes,
    links,
    /**
     * @param {Stage} stage
     * @param {number} scene from 0
     * @param {number} y below the top of its scene
     * @param {string} title
     * @param {string[][]} inputs name and type of each
     * @param {Record<string, unknown>} properties
     * @param {string} [output] type of its only output
     */
    add(stage, scene, y, title, inputs, properties, output = '*') {
      const { type, column, size } = stages[stage];
      /** @type {Node} */
      const node = {
        id: at * TAB_STEP + nodes.length + 1,
        type,
        title,
        pos: [column * COLUMN_WIDTH, scene * SCENE_HEIGHT + y],
        size,
        inputs: inputs.map(([name = '', kind = '*']) => ({ name, type: kind, link: null })),
        outputs: [{ name: 'output', type: output, links: [] }],
        properties,
      };
      nodes.push(node);
      return node;
    },
    /** @type {(from: Node, to: Node, slotName: string) => void} */
    link(from, to, slotName) {
      const id = at * TAB_STEP + FIRST_LINK + links.length;
      const index = to.inputs.findIndex(({ name }) => name === slotName);
      const slot = to.inputs[index];
      if (slot === undefined) throw new Error(`${to.title} has no slot ${slotName}.`);
      const [output] = from.outputs;
      slot.link = id;
      output.links.push(id);
      links.push([id, from.id, 0, to.id, index, output.type]);
    },
  };
}
