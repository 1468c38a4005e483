import { type DocumentNode, print } from 'graphql';

const printed = new WeakMap<DocumentNode, string>();

/** Returns the text of a document. It is printed once, so that the receiver can cache by it. */
export function operationText(document: DocumentNode): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}
