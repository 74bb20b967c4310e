/* seed.ts - a world that looks lived in. */
import { OUR_NUMBER } from '../make.ts';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Line = readonly ['in' | 'out' | 'auto', string];

const STORIES: readonly { readonly name: string | null; readonly ago: number; readonly lines: readonly Line[] }[] = [
  {
    name: 'Maya Okafor',
    ago: 4 * MINUTE,
    lines: [
      ['in', 'Hi, is the Thursday 4pm slot still free?'],
      ['auto', 'Thanks for your message. We usually answer within ten minutes.'],
      ['out', 'It is. Shall I put you down for it? It takes about 45 minutes.'],
      ['in', 'Yes please! And could Jonas do it again, like last time?'],
      ['out', 'Jonas is in on Thursday, so yes. You will get a reminder the day before.'],
      ['in', 'Perfect, thank you so much 🙏'],
      ['in', 'One more thing: do you have parking behind the house?'],
    ],
  },
  {
    name: 'Tomás Rivera',
    ago: 22 * MINUTE,
    lines: [
      ['in', 'Order 4471 came without the charger'],
      ['out', 'Sorry about that! I have sent one today, it arrives on Friday.'],
    ],
  },
  {
    name: null,
    ago: 48 * MINUTE,
    lines: [
      ['in', 'hours?'],
      ['auto', 'We are open Monday to Saturday, 9 to 18.'],
    ],
  },
  {
    name: 'Priya Raman',
    ago: 2 * HOUR,
    lines: [
      ['out', 'Your prescription is ready to be picked up.'],
      ['in', 'Thanks, on my way'],
    ],
  },
  {
    name: 'Lukas Brandt',
    ago: 3 * HOUR,
    lines: [
      ['in', 'Can you call me tomorrow before noon?'],
      ['out', 'Of course. 10:30?'],
      ['in', '10:30 is good.'],
    ],
  },
  {
    name: 'Grace Nakamura',
    ago: 5 * HOUR,
    lines: [['out', 'This one may be lost on the way. Could you confirm the address?']],
  },
  {
    name: 'Owen Fitzgerald',
    ago: 9 * HOUR,
    lines: [
      ['out', 'Your table for six is booked, 19:30.'],
      ['in', 'STOP'],
    ],
  },
  { name: 'Amélie Laurent', ago: 26 * HOUR, lines: [['in', 'Merci beaucoup, à bientôt !']] },
  {
    name: null,
    ago: 2 * DAY,
    lines: [
      ['in', 'Who is this?'],
      ['out', 'This is the clinic on Main Street, about your appointment.'],
    ],
  },
  {
    name: 'Zanele Mthembu',
    ago: 3 * DAY,
    lines: [
      ['out', 'Could we move to 3pm?'],
      ['in', 'Sure, 3 works for me.'],
    ],
  },
];

const FIRST = ['Noah', 'Emma', 'Kofi', 'Sofia', 'Hassan', 'Ines', 'Viktor', 'Mei', 'Jamal', 'Freya'];
const LAST = ['Andersen', 'Costa', 'Haddad', 'Kim', 'Novak', 'Silva', 'Weber', 'Yilmaz', 'Moreau', 'Park'];
const TEXTS = [
  'Thanks!',
  'See you then.',
  'Can I change the date?',
  'Received, thank you.',
  'What does it cost?',
  'Ok 👍',
];

/** `others` more conversations, to have something to scroll through. */
export function seededWorld(others = 240): World {
  let at = Date.now();
  const world = new World({ now: () => at });
  const start = Date.now();

  for (let i = others; i > 0; i--) {
    at = start - 4 * DAY - i * 3 * HOUR;
    const name = `${FIRST[i % 10]} ${LAST[Math.floor(i / 10) % 10]}`;
    const conversation = world.conversationFor(OUR_NUMBER, `+1555010${String(2000 + i)}`, name);
    world.addMessage(conversation, {
      direction: i % 3 === 0 ? 'outbound' : 'inbound',
      text: TEXTS[i % 6] ?? '',
      status: i % 3 === 0 ? 'delivered' : 'received',
    });
    world.putConversation(conversation.id, { unread: 0 });
  }

  STORIES.toReversed().forEach((story, index) => {
    const address = `+1555010${String(1200 + index * 7)}`;
    story.lines.forEach(([who, text], i) => {
      at = start - story.ago - (story.lines.length - i) * 3 * MINUTE;
      const conversation = world.conversationFor(OUR_NUMBER, address, story.name);
      const isOut = who !== 'in';
      const message = world.addMessage(conversation, {
        direction: isOut ? 'outbound' : 'inbound',
        text,
        ...(isOut && {
          class: who === 'auto' ? ('auto' as const) : ('human' as const),
          status: text.includes('lost') ? ('unconfirmed' as const) : ('delivered' as const),
          cost: { amount: '0.00550', currency: 'USD', estimated: false },
          plivo_uuid: text.includes('lost') ? null : '5f0e7b1e-6a44-4a1a-9d0b-0a58d8d3a001',
        }),
      });
      explain(world, message.id, isOut);
      if (text === 'STOP') world.setConsent(address, 'out', 'keyword', text);
    });
    const conversation = world.conversationFor(OUR_NUMBER, address);
    const fresh = index >= STORIES.length - 2 && story.lines.at(-1)?.[0] === 'in';
    world.putConversation(conversation.id, {
      unread: fresh ? 2 : 0,
      labels: index === STORIES.length - 1 ? ['booking'] : [],
    });
  });

  world.numbers = [
    ...world.numbers,
    {
      ...world.numbers[0],
      id: 'number-2',
      address: '+18885550142',
      kind: 'toll_free',
      state: 'discovered',
      rate: 0,
    } as World['numbers'][number],
  ];
  at = 0;
  return liveClock(world);
}

function explain(world: World, id: string, isOut: boolean): void {
  const message = world.messages.get(id);
  if (message === undefined) return;
  if (!isOut) {
    world.explain(message, 'received', `Came in from ${message.from}, signature verified (V3).`, {
      Type: 'sms',
      Units: 1,
    });
    world.explain(message, 'rule', 'No rule matched; it waits for a person.');
    return;
  }
  world.explain(message, 'consent', 'No opt-out stands against this person.', { state: 'none' });
  world.explain(message, 'hold', 'Waited 0.2 s: one segment a second is this number’s rate.', { limiter: 'number' });
  world.explain(message, 'grant', 'Granted in the lane “human”.', { lane: 'human', epoch: 7 });
  if (message.status === 'unconfirmed') {
    world.explain(message, 'attempt', 'The connection was cut after the request had left: Plivo may have it.', {
      attempt: 1,
    });
    return;
  }
  world.explain(message, 'attempt', 'Plivo took it (202) after 38 ms.', { attempt: 1, http: 202 });
  world.explain(message, 'report', 'Plivo reports: sent.', { Status: 'sent', Sequence: 1 });
  world.explain(message, 'report', 'Plivo reports: delivered.', { Status: 'delivered', Sequence: 2, MCC: '310' });
  world.explain(message, 'cost', '0.00550 USD for one segment.', { Units: 1, TotalAmount: '0.00550' });
}

/** From here on the world's time is the real one. */
function liveClock(world: World): World {
  Object.assign(world, { now: Date.now });
  return world;
}
