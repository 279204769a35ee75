import { plural } from '../../../src/messages/plural';

const count = plural('en');

/** All that the widget says, in English; the other languages have the same keys. */
export const en = {
  open: 'Open the chat',
  close: 'Close the chat',
  unread: (n: number) => count(n, { one: '# new message', other: '# new messages' }),
  title: 'Chat with us',
  form: {
    name: 'Your name',
    phone: 'Phone',
    email: 'E-mail',
    optional: 'optional',
    agree: 'I agree',
    start: 'Start the chat',
    starting: 'Starting…',
    missing: 'Please fill this in.',
    wrongEmail: 'This is not an e-mail address.',
    wrongPhone: 'This is not a phone number.',
    mustAgree: 'The chat can begin once you agree.',
  },
  problem: {
    busy: 'Nobody can take your chat at the moment. Please try again later.',
    gone: 'The chat is not available at the moment. Please try again later.',
    form: 'The server did not accept what you have filled in. Please check it.',
    too_many: 'That was too often. Please wait a moment and try again.',
    frame: 'That did not work. Please try again.',
  },
  waiting: {
    some: 'We are looking for someone who will help you…',
    next: 'You are next in line. Someone will be with you in a moment.',
    position: (n: number) => `You are number ${n} in line.`,
    short: 'Waiting for an answer',
  },
  served: (names: string) => `Chatting with ${names}`,
  ended: {
    operator: 'The chat is over. Thank you.',
    client: 'You have ended the chat.',
    nobody: 'Unfortunately nobody could answer. Please try again later.',
    fault: 'The chat was interrupted and cannot go on. We are sorry.',
    short: 'The chat is over',
  },
  again: 'New chat',
  end: {
    button: 'End the chat',
    question: 'Do you want to end this chat?',
    yes: 'End it',
    no: 'Go on',
  },
  connecting: 'Connecting…',
  lost: 'No connection. What you write is sent as soon as it is back.',
  messages: 'Messages',
  newer: 'New messages below',
  you: 'You',
  sending: 'Sending…',
  delivered: 'Delivered',
  read: 'Read',
  unsent: 'Not sent',
  retry: 'Try again',
  dismiss: 'Discard',
  typing: (name: string) => `${name} is typing…`,
  write: 'Write a message',
  send: 'Send',
  emoji: 'Insert an emoji',
};

export type Words = typeof en;
