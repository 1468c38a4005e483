import { type DocumentNode, print } from 'graphql';

const printed = new WeakMap<DocumentNode, string>();

/** A document as the text that is sent; printed once, so that whoever gets it finds what it has parsed before by it. */
export function operationText(document: DocumentNode): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}
