import { AppError, type AppErrorOptions } from './app-error';
import { type GenericCode, genericErrors } from './codes';

/** Maximum fields or errors named in a response, so that a small request gets no large one. */
export const maximumNamedErrors = 20;

/**
 * Declares a domain's own error codes with their default messages, in addition to the generic ones.
 *
 * @example export const { ownCodes, problem } = defineErrors({ email_taken: 'The email is taken.' });
 */
export function defineErrors<const Own extends Readonly<Record<string, string>>>(ownMessages: Own) {
  type Code = GenericCode | (keyof Own & string);
  const messages: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(genericErrors).map(([code, { message }]) => [code, message])),
    ...ownMessages,
  };
  return {
    ownCodes: Object.keys(ownMessages),
    /** The fields of the graph's `Problem` interface. */
    problem: <Given extends Code>(code: Given, message = messages[code]!) => ({ code, message }),
    /** A failure that is not a member of a result union. */
    appError: (code: Code, message = messages[code]!, options?: AppErrorOptions) =>
      new AppError(code as GenericCode, message, options),
  };
}
