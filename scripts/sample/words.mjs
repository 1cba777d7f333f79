/**
 * The words of the sample's scenes: short ads for a made-up evening drink, written by the pipeline's rules (framing
 * first, nothing about the face that the reference sheet gives, no hyphens, 20 to 24 words of dialogue a clip).
 * @typedef {{ shot: string, place: string, wardrobe: string, product?: boolean, dialogue: string, pose: string }} Scene
 */

/** What every picture of the sample has in common. */
const FINISH =
  'Natural skin texture, real phone camera look, slight grain, nothing posed, no text on screen.';

/**
 * The prompt of a picture.
 * @param {Scene} scene
 * @param {{ wardrobe: string | null }} [own] null leaves the wardrobe to a placeholder of the template
 */
export const picturePrompt = ({ shot, place, wardrobe }, own = { wardrobe }) =>
  `${shot}${own.wardrobe === null ? '' : `, wearing ${own.wardrobe}`}, ${place} ${FINISH}`;

/** Template of the fan out: the same scene for every account, each in clothes of its own. */
export const WARDROBE_TEMPLATE = '{scene} Wardrobe: {wardrobe}.';

/** Template of every clip. */
export const CLIP_TEMPLATE =
  'Locked vertical shot that keeps the framing of the start frame. {pose} ' +
  'Speaking straight to the lens in a warm, even voice, the person says: "{dialogue}" ' +
  'Natural room sound only, no music, no captions, no cuts.';

/** @type {Scene[]} A first try: hook, product, close. */
export const firstTry = [
  {
    shot: 'Medium close up, vertical phone framing, camera at eye level, the person from the reference sheet sits up in bed and rubs one eye',
    place:
      'in a small bedroom with crumpled linen, a paper lamp and a stack of books. Cool blue dusk outside, one warm lamp inside.',
    wardrobe: 'a washed grey crew neck shirt with pushed up sleeves',
    dialogue:
      'I used to lie awake until two every night, scrolling, and then wonder why my mornings felt like wading through wet sand.',
    pose: 'The person looks down at the blanket, then up into the lens, and lets the shoulders drop.',
  },
  {
    shot: 'Half body vertical framing, camera propped on the counter, the person from the reference sheet stirs a level scoop of pale powder into a glass of warm water beside the amber jar',
    place:
      'in a narrow kitchen with open wooden shelves, a kettle and folded tea towels behind. Soft window light from the left, gentle shadows.',
    wardrobe: 'an oversized cream knit sweater and plain gold studs',
    product: true,
    dialogue:
      'Then my sister gave me this jar, and one small scoop in warm water became the part of my evening I protect.',
    pose: 'The person stirs twice, lifts the glass to chest height and nods once.',
  },
  {
    shot: "Selfie framing at arm's length, vertical, slightly above eye level, the person from the reference sheet holds the closed amber jar beside the cheek with the label turned to the lens",
    place:
      'by a living room window with a knitted throw and a floor lamp behind. Early morning sun through thin curtains, long pale shadows.',
    wardrobe: 'a loose sage linen shirt over a white top',
    product: true,
    dialogue:
      'It takes ten quiet minutes, it tastes of almost nothing, and it is my signal to put the phone away for good.',
    pose: 'The person turns the jar slowly with one hand and smiles at the end.',
  },
];

/** @type {Scene[]} One story in eight scenes, for one account. */
export const eightScenes = [
  {
    shot: 'Tight close up, vertical framing from just below eye level, the person from the reference sheet stares at a phone that lights the face from below',
    place:
      'in a dark bedroom with a clock on the wall. Only the glow of the phone, everything else kept dark.',
    wardrobe: 'a striped cotton pyjama top',
    dialogue:
      'It is two in the morning, I have an early meeting, and I am watching a stranger restore a garden chair.',
    pose: 'The person lowers the phone, closes both eyes for a moment and opens them again.',
  },
  {
    shot: 'Wide vertical shot, camera on a low shelf across the room, the person from the reference sheet leans on the counter and waits for the kettle',
    place:
      'in a narrow kitchen with open wooden shelves and folded tea towels. Single ceiling bulb, slightly yellow, honest and plain.',
    wardrobe: 'a charcoal fleece with a short zip',
    dialogue:
      'I tried teas, apps, and a very expensive pillow, and every one of them ended up in the same sad drawer.',
    pose: 'The person shrugs with both shoulders and looks back at the kettle.',
  },
  {
    shot: 'Three quarter vertical portrait, camera one step to the left, the person from the reference sheet opens a small parcel and looks inside with a half smile',
    place:
      'in a hallway with coats on hooks and a bench full of shoes. Flat cloudy daylight, muted colours, nothing glossy.',
    wardrobe: 'a denim overshirt with a plain white collar',
    dialogue:
      'A friend sent me this with a note that said one scoop, warm water, no phone, and tell me on Sunday.',
    pose: 'The person folds back the paper and tips the parcel toward the lens.',
  },
  {
    shot: 'Half body vertical framing, camera propped on the counter, the person from the reference sheet holds the closed amber jar with both hands and reads the back of the label',
    place:
      'at a breakfast table with toast crumbs, a jam jar and a folded newspaper. Bright noon light bounced off white walls.',
    wardrobe: 'a pale blue button shirt with rolled cuffs',
    product: true,
    dialogue:
      'The list on the back is short enough to read aloud, which I did, to my dog, who was not impressed.',
    pose: 'The person raises both eyebrows, turns the jar and looks into the lens.',
  },
  {
    shot: 'High angle vertical framing, camera above the table edge, the person from the reference sheet tips a level wooden scoop of pale powder into a glass, the amber jar open beside it',
    place:
      'at a small kitchen table with a folded napkin. Soft window light from the left, gentle shadows, no flash.',
    wardrobe: 'a mustard wool jumper with a round neck',
    product: true,
    dialogue:
      'One level scoop, warm water, a slow stir, and by the time it is clear the kitchen has gone quiet too.',
    pose: 'The person sets the scoop down on the napkin and stirs the glass three times.',
  },
  {
    shot: 'Static vertical shot from a tripod, chest up framing, the person from the reference sheet takes a slow sip from a steaming glass and looks to the side',
    place:
      'in a living room with a low sofa, a knitted throw and a floor lamp. Warm lamp light from behind, calm evening mood.',
    wardrobe: 'a navy ribbed cardigan with wooden buttons',
    dialogue:
      'Ten minutes on this sofa with this glass, and my shoulders come down from wherever it is they live all day.',
    pose: 'The person takes one sip, lowers the glass and lets the shoulders drop.',
  },
  {
    shot: 'Full body vertical framing, camera at waist height, the person from the reference sheet ties the curtains back and turns toward the lens',
    place:
      'in a bright bedroom with a made bed and a fern. Early morning sun through thin curtains, long pale shadows.',
    wardrobe: 'a white waffle bathrobe tied at the waist',
    dialogue:
      'And this is me before coffee, on a Monday, opening the curtains like somebody in a film about a lighthouse.',
    pose: 'The person turns from the window, faces the lens and laughs quietly.',
  },
  {
    shot: "Selfie framing at arm's length, vertical, slightly above eye level, the person from the reference sheet holds the closed amber jar beside the cheek with the label turned to the lens",
    place:
      'on a balcony with clay pots, a folding chair and rooftops behind. Flat morning light, true colours.',
    wardrobe: 'a loose sage linen shirt over a white top',
    product: true,
    dialogue:
      'So if your evenings also end in a fight with a screen, try one quiet glass of this first, and see.',
    pose: 'The person turns the jar slowly with one hand and nods once at the end.',
  },
];

/** @type {Scene[]} The approved one: the same eight scenes for five accounts. */
export const fanOut = [
  {
    shot: 'Mirror selfie framing, vertical, phone held at chest height, the person from the reference sheet tilts the head and pulls a tired face',
    place:
      'in a bright bathroom with pale tiles, a fern and a round mirror. Bright noon light bounced off white walls.',
    wardrobe: '',
    dialogue: 'Nobody told me that going to bed is a skill, and that I have been quite bad at it for years.',
    pose: 'The person tilts the head to one side, then straightens and looks into the lens.',
  },
  {
    shot: 'Medium close up, vertical phone framing, camera on the dashboard, the person from the reference sheet rests both hands on the wheel and breathes out',
    place:
      'in a parked car with rain on the windows and a coffee cup in the holder. Flat cloudy daylight, muted colours.',
    wardrobe: '',
    dialogue:
      'My third coffee is at four, my second wind is at eleven, and I am sure those two have never met.',
    pose: 'The person lets go of the wheel, opens both hands and shakes the head slowly.',
  },
  {
    shot: 'Over the shoulder vertical shot, camera close behind the right side, the person from the reference sheet closes a laptop and slides it away',
    place:
      'at a desk corner with a notebook, a mug and a desk lamp. Warm lamp light from behind, calm evening mood.',
    wardrobe: '',
    dialogue:
      'So I made one rule, which is that at nine the laptop closes, and something warm takes its place on the desk.',
    pose: 'The person pushes the closed laptop aside and reaches for the mug.',
  },
  {
    shot: 'Half body vertical framing, camera propped on the counter, the person from the reference sheet sets the amber jar down and rests both hands flat on the table',
    place:
      'at a small kitchen table with a folded napkin and a clear water jug. Soft window light from the left, gentle shadows.',
    wardrobe: '',
    product: true,
    dialogue:
      'This is the something warm, one scoop from this jar in a glass of water, and that is the whole recipe.',
    pose: 'The person slides the jar toward the lens and rests one hand beside it.',
  },
  {
    shot: 'High angle vertical framing, camera above the table edge, the person from the reference sheet pours warm water over a scoop of pale powder, the amber jar beside the glass',
    place:
      'at a small kitchen table with a wooden scoop on a folded napkin. Candle glow from the right, dark corners kept dark.',
    wardrobe: '',
    product: true,
    dialogue:
      'Pour slowly, stir slowly, and notice that you cannot do either of those while holding a phone in the other hand.',
    pose: 'The person pours until the glass is full, sets the jug down and stirs once.',
  },
  {
    shot: 'Static vertical shot from a tripod, chest up framing, the person from the reference sheet wraps both hands around a steaming glass',
    place:
      'on the floor of a living room with the back against a low sofa and a knitted throw. Warm lamp light from behind.',
    wardrobe: '',
    dialogue:
      'The first week it felt like homework, the second week it felt like a habit, and now it just feels like evening.',
    pose: 'The person takes one slow sip, lowers the glass and smiles into it.',
  },
  {
    shot: 'Wide vertical shot, camera on a low shelf across the room, the person from the reference sheet stretches both arms and swings the feet out of bed',
    place:
      'in a small bedroom with crumpled linen, a paper lamp and a stack of books. Early morning sun through thin curtains.',
    wardrobe: '',
    dialogue:
      'I am not saying I have become a morning person, I am saying that mornings and I are now on speaking terms.',
    pose: 'The person stretches, sits still on the edge of the bed and exhales.',
  },
  {
    shot: "Selfie framing at arm's length, vertical, slightly above eye level, the person from the reference sheet packs the amber jar into an open canvas bag and looks up",
    place:
      'on the back steps of a house with a watering can and wet paving. Flat morning light, true colours.',
    wardrobe: '',
    product: true,
    dialogue:
      'It even comes on holiday with me now, because it turns out that hotel rooms are where bad evenings go to train.',
    pose: 'The person pats the bag twice, looks into the lens and laughs.',
  },
];

/** Eight outfits for each account of the fan out, scene by scene. */
export const outfits = {
  a: [
    'an oversized cream knit sweater',
    'a soft brown hoodie with loose drawstrings',
    'a pale blue button shirt',
    'a loose sage linen shirt',
    'a mustard wool jumper',
    'a navy ribbed cardigan',
    'a striped cotton pyjama set',
    'a washed grey crew neck shirt',
  ],
  b: [
    'a charcoal fleece with a short zip',
    'a dark green work jacket',
    'a plain black crew neck',
    'a rust coloured overshirt',
    'a heather grey henley',
    'a thick oatmeal cardigan',
    'a faded navy shirt',
    'a sand coloured windbreaker',
  ],
  c: [
    'a white waffle bathrobe',
    'a denim jacket over a striped top',
    'a moss green turtleneck',
    'a linen apron over a white shirt',
    'a rose coloured jumper',
    'a long knitted vest',
    'a pair of checked pyjamas',
    'a yellow raincoat',
  ],
  d: [
    'a faded rust sweatshirt',
    'a black bomber jacket',
    'a light blue oxford shirt',
    'a plain white shirt with rolled cuffs',
    'a dark red flannel shirt',
    'a soft grey zip hoodie',
    'a loose white undershirt',
    'an olive canvas jacket',
  ],
  e: [
    'a lavender dressing gown',
    'a camel wool coat',
    'a fine grey cardigan with pearl buttons',
    'a cobalt blue tunic',
    'a cream roll neck jumper',
    'a quilted indigo vest',
    'a flannel nightshirt with a narrow collar',
    'a red gardening jacket',
  ],
};
