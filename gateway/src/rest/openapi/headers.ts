import type { AnswerHeader, RequestHeader } from '../route';

interface HeaderText {
  name: string;
  description: string;
}

export const requestHeaders: Readonly<Record<RequestHeader, HeaderText>> = {
  'if-match': {
    name: 'If-Match',
    description:
      'The ETag of the version that the change is made for: with another version by now, nothing changes and the answer is 412.',
  },
  'if-none-match': {
    name: 'If-None-Match',
    description: 'ETags that the client has: with the same version the answer is 304 without a body.',
  },
};

export const answerHeaders: Readonly<Record<AnswerHeader, HeaderText>> = {
  etag: {
    name: 'ETag',
    description:
      'The version of the product and its stock. If-None-Match compares all of it, If-Match the version alone: orders change the stock and do not stand in the way of an edit.',
  },
  link: { name: 'Link', description: 'The next page (rel="next"); missing on the last one.' },
  location: { name: 'Location', description: 'Where the new resource is.' },
};

export const idempotencyKeyTexts = {
  replayed:
    'The same key and the same request get the first answer again, with Idempotent-Replayed: true. 1 to 128 printable ASCII characters, unique per user.',
  registered:
    'The same key, email and password sign in to the account that the first request made, with new tokens and Idempotent-Replayed: true. 1 to 128 printable ASCII characters, unique among all registrations.',
  ignored: 'Accepted without effect: responses of this route are not stored for a replay.',
} as const;
