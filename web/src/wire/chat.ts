import { Reader } from './read';
import { type Rest, address } from './rest';

/** One message of a session, as operators see it. */
export interface Message {
  /** They rise by one within a session, in the order in which the server took them in. */
  readonly number: number;
  readonly at: number;
  readonly by: 'client' | 'operator';
  /** The operator's id. */
  readonly operator: string | null;
  readonly author: string;
  readonly text: string;
  /** Among colleagues: the client never sees it. */
  readonly aside: boolean;
}

/** A message that an operator sends. The same `own` again is written once. */
export interface NewMessage {
  readonly own: number;
  readonly text: string;
  readonly aside: boolean;
}

/** So many messages come at most at once. */
export const PAGE = 500;
/** So many characters may a message have. */
export const LONGEST = 4_000;

/** The requests about what is written in sessions. */
export class ChatRest {
  constructor(private readonly rest: Rest) {}

  /** What follows after a number, at most [PAGE]. */
  async after(session: string, number: number): Promise<Message[]> {
    const answer = await this.rest.send('get', address('/api/v1/sessions/{id}/messages', { id: session }, { after: number }));
    return Reader.of(answer, 'messages').list('messages', readMessage);
  }

  /** Writes it, and answers its number. */
  async write(session: string, message: NewMessage): Promise<number> {
    const answer = await this.rest.send('post', address('/api/v1/sessions/{id}/messages', { id: session }, {}), message);
    return Reader.of(answer, 'message').number('number');
  }

  async typing(session: string): Promise<void> {
    await this.rest.send('post', address('/api/v1/sessions/{id}/typing', { id: session }, {}));
  }

  /** Everything up to this number was on the operator's screen. */
  async read(session: string, number: number): Promise<void> {
    await this.rest.send('post', address('/api/v1/sessions/{id}/read', { id: session }, {}), { number });
  }
}

function readMessage(item: Reader): Message {
  return {
    number: item.number('number'),
    at: item.moment('at'),
    by: item.word('by', ['client', 'operator']),
    operator: item.maybeText('operator'),
    author: item.maybeText('author') ?? '',
    text: item.text('text'),
    aside: item.flag('aside'),
  };
}
